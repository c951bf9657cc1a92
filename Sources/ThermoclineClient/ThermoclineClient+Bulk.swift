import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension ThermoclineClient {
    /// Stores items that are in memory already, as lines of JSON.
    ///
    /// Items that are stored with the same content are left alone, so a batch may be sent again.
    public func bulk(
        ndjson lines: [UInt8], onError: BulkErrorMode = .continue
    ) async throws(ClientError) -> BulkReport {
        let call = Self.call(onError, repetition: .afterAnyFailure).sending(lines, as: Call.ndjson)
        let reply = try await send(call, within: options.bulkDeadline)
        var failures: [BulkFailure] = []
        var summary: BulkSummary?
        for line in reply.body.split(separator: UInt8(ascii: "\n")) {
            switch try APICoding.value(BulkLine.self, from: Array(line), requestID: reply.requestID) {
            case .failure(let failure): failures.append(failure)
            case .summary(let last): summary = last
            }
        }
        guard let summary else { throw .badReply(reason: "it has no summary", requestID: reply.requestID) }
        return BulkReport(summary: summary, failures: failures)
    }

    /// Stores items as they come, however many: neither side holds more than a few. Sent once.
    ///
    /// There is no deadline but the task's own: cancel it. What was reported as neither failed nor stopped is durable
    /// once this returns; when it throws, the items before are stored up to some point.
    ///
    /// - Parameter onFailure: called for each line that was not stored, while items are still being sent.
    /// - Throws: `ClientError`, or what `items` or `onFailure` throws.
    public func bulk<Items: AsyncSequence & Sendable>(
        _ items: Items, onError: BulkErrorMode = .continue,
        onFailure: (BulkFailure) async throws -> Void = { _ in }
    ) async throws -> BulkSummary where Items.Element == ItemDraft {
        let lines = items.map { draft in
            var line = ByteBuffer(bytes: try APICoding.json(of: draft))
            line.writeInteger(UInt8(ascii: "\n"))
            return line
        }
        var call = Self.call(onError, repetition: .never)
        call.headers.append(("content-type", Call.ndjson))
        // The reply begins when the server has read the request's head, which no pause of `items` delays.
        let response = try await open(call, body: .stream(lines, length: .unknown), within: options.bulkDeadline)
        var reply = ReplyLines(response.body)
        var summary: BulkSummary?
        while let line = try await reply.next() {
            switch try APICoding.value(BulkLine.self, from: line) {
            case .failure(let failure): try await onFailure(failure)
            case .summary(let last): summary = last
            }
        }
        try Task.checkCancellation()
        guard let summary else { throw ClientError.badReply(reason: "it has no summary", requestID: nil) }
        return summary
    }

    private static func call(_ onError: BulkErrorMode, repetition: Call.Repetition) -> Call {
        Call(.POST, "/knowledge/bulk", query: [("on_error", onError.rawValue)], repetition: repetition)
    }
}
