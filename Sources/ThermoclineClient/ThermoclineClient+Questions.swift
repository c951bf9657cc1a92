import NIOHTTP1

extension ThermoclineClient {
    /// Asks a question. No result that fits is an answer, too.
    public func ask(_ question: Question) async throws(ClientError) -> Answer {
        try Answer(json: try await answerJSON(to: question))
    }

    /// Asks a question by its text alone.
    public func ask(_ text: String) async throws(ClientError) -> Answer { try await ask(Question(text)) }

    /// The reply to a question as the server sends it.
    public func answerJSON(to question: Question) async throws(ClientError) -> [UInt8] {
        let call = Call(.POST, "/troubleshoot", repetition: .afterAnyFailure)
        return try await send(call.sending(try question.json(), as: Call.json)).body
    }

    /// Says whether an item helped with a question. A caller has one vote an item, the last counts.
    public func vote(
        _ isHelpful: Bool, on itemID: String, for question: String, comment: String? = nil
    ) async throws(ClientError) {
        struct Vote: Encodable {
            let query: String
            let itemId: String
            let helpful: Bool
            let comment: String?
        }
        let vote = Vote(query: question, itemId: itemID, helpful: isHelpful, comment: comment)
        let call = Call(.POST, "/feedback", repetition: .afterAnyFailure)
        _ = try await send(call.sending(try APICoding.json(of: vote), as: Call.json))
    }
}
