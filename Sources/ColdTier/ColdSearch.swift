public import Knowledge

/// What cold is asked for.
public struct ColdSearch: Sendable {
    public var tenant: Tenant
    /// The question in folded form, for the lexical side.
    public var text: String
    /// The question's unit vector by the store's encoder, if there is one.
    public var vector: [Float]?
    /// Fingerprint of the encoder that the vector is of; `nil` for the store's, whichever that is.
    public var encoder: String?
    /// 1…`Question.maximumTopK`.
    public var topK: Int
    public var category: String?
    /// An item must have all of them.
    public var tags: [String]
    /// As the caller sent it. `nil` stands for `Question.defaultMinScore`, which leaves lexical matches alone.
    public var minScore: Double?
    public var strategy: SearchStrategy
    /// Only these items, when given: they are ranked, and nothing else is looked at. They stand in place of category and
    /// tags, which they are known to pass. What is found then is no answer to keep: it says nothing of other items.
    public var items: [ItemID]?

    public init(
        tenant: Tenant, text: String, vector: [Float]?, encoder: String? = nil, topK: Int = Question.defaultTopK,
        category: String? = nil,
        tags: [String] = [], minScore: Double? = nil, strategy: SearchStrategy = .auto
    ) {
        self.tenant = tenant
        self.text = text
        self.vector = vector
        self.encoder = encoder
        self.topK = min(max(topK, 1), Question.maximumTopK)
        self.category = category
        self.tags = tags
        self.minScore = minScore
        self.strategy = strategy
    }

    /// What is done; never `auto`.
    var resolvedStrategy: SearchStrategy { strategy.resolved(folded: text, hasVector: vector != nil) }
}
