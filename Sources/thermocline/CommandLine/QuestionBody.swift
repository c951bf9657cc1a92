import Knowledge

/// A question as the API takes it.
struct QuestionBody: Sendable {
    let text: String
    let topK: Int
    let category: String?
    let tags: [String]
    let explain: Bool

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { json in
            json.member("text", text)
            json.member("top_k", topK)
            if let category { json.member("category", category) }
            if !tags.isEmpty { json.array("tags") { json in for tag in tags { json.element(tag) } } }
            if explain { json.member("explain", true) }
        }
        return writer.bytes
    }
}
