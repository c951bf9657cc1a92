package import Knowledge
package import Pipeline

/// The body of `POST /troubleshoot`, checked.
package struct QuestionRequest {
    package let question: Question
    package let cache: CacheUse
    package let explain: Bool
    /// The least cosine at which another question's answer will do; it can only raise the server's.
    package let semanticThreshold: Double?

    /// - Parameter maximumCharacters: of the text, in code points.
    package init(_ body: [String: JSONValue], maximumCharacters: Int) throws(ContractError) {
        var fields = FieldReader(body)
        let text = fields.requiredText("text", maximum: maximumCharacters)
        let topK = fields.wholeNumber("top_k", in: 1...Question.maximumTopK)
        let category = fields.text("category", maximum: ItemContent.maximumCategoryCharacters)
        let tags = fields.texts(
            "tags", maximum: ItemContent.maximumTags, maximumCharacters: ItemContent.maximumTagCharacters)
        let minScore = fields.number("min_score", in: 0...1)
        let strategy = fields.choice("strategy", of: SearchStrategy.self)
        let explain = fields.flag("explain")
        let cache = fields.choice("cache", of: RequestedCache.self)
        semanticThreshold = fields.number("semantic_threshold", in: 0...1)
        try fields.check()

        question = Question(
            text: text ?? "", topK: topK ?? Question.defaultTopK, category: category.flatMap { $0.isBlank ? nil : $0 },
            tags: tags ?? [],
            minScore: minScore, strategy: strategy ?? .auto)
        self.explain = explain ?? false
        self.cache = cache == .bypass ? .bypass : .default
    }

    private enum RequestedCache: String, CaseIterable {
        case `default`
        case bypass
    }
}
