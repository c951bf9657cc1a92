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
        let text = fields.read(Fields.text(maximumCharacters))
        let topK = fields.read(Fields.topK)
        let category = fields.read(Fields.category)
        let tags = fields.read(Fields.tags)
        let minScore = fields.read(Fields.minScore)
        let strategy = fields.read(Fields.strategy)
        let explain = fields.read(Fields.explain)
        let cache = fields.read(Fields.cache)
        semanticThreshold = fields.read(Fields.semanticThreshold)
        try fields.check()

        question = Question(
            text: text ?? "", topK: topK ?? Question.defaultTopK, category: category.flatMap { $0.isBlank ? nil : $0 },
            tags: tags ?? [],
            minScore: minScore, strategy: strategy ?? .auto)
        self.explain = explain ?? false
        self.cache = cache == .bypass ? .bypass : .default
    }

    enum RequestedCache: String, CaseIterable {
        case `default`
        case bypass
    }
}

extension QuestionRequest {
    enum Fields {
        /// - Parameter maximum: in code points.
        static func text(_ maximum: Int) -> TextField {
            TextField(
                name: "text", meaning: "The problem, in own words or pasted.", isRequired: true,
                maximumCharacters: maximum, example: "npm install hangs behind a proxy")
        }

        static let topK = WholeNumberField(
            name: "top_k", meaning: "Results wanted.", range: 1...Question.maximumTopK, standard: Question.defaultTopK)
        static let category = TextField(
            name: "category", meaning: "Only items of this category; blank is any.", mayBeBlank: true,
            maximumCharacters: ItemContent.maximumCategoryCharacters, example: "npm")
        static let tags = TextsField(
            name: "tags", meaning: "Only items that have all of these.", maximum: ItemContent.maximumTags,
            maximumCharacters: ItemContent.maximumTagCharacters, example: ["proxy"])
        static let minScore = NumberField(
            name: "min_score",
            meaning: "Cosine that a result must exceed. What words found is filtered only if it is sent.", range: 0...1,
            standard: Question.defaultMinScore)
        static let strategy = ChoiceField(
            name: "strategy", meaning: "How to search; `auto` chooses by the text.", standard: SearchStrategy.auto)
        static let explain = FlagField(name: "explain", meaning: "Whether to tell each step.")
        static let cache = ChoiceField(
            name: "cache", meaning: "`bypass` computes afresh and keeps nothing.", standard: RequestedCache.default)
        static let semanticThreshold = NumberField(
            name: "semantic_threshold",
            meaning: "Least cosine at which another question's answer will do. It can only raise the server's.",
            range: 0...1)

        static func schema(_ maximumCharacters: Int) -> JSONSchema {
            .object(
                "A question.",
                [
                    text(maximumCharacters).property, topK.property, category.property, tags.property,
                    minScore.property, strategy.property, explain.property, cache.property,
                    semanticThreshold.property,
                ])
        }
    }
}
