import Knowledge

/// Writes with what can be worked out of them before their transaction: they wait and are made together.
public struct PreparedWrites: Sendable {
    let writes: [ItemWrite]
    /// For each write the terms of its content, if it has any.
    let terms: [[String]]
    /// One of many batches: see `WriteTransaction`.
    let isBulk: Bool
    /// Fingerprint of the encoder that the vectors are of; `nil` for the store's. Vectors of an encoder that the store has
    /// flipped away from meanwhile are left out: their items are embedded again.
    let encoder: String?

    /// Some 10 µs of work an item.
    ///
    /// - Parameter isBulk: one of many batches that nobody waits for singly.
    public init(_ writes: [ItemWrite], encoder: String? = nil, isBulk: Bool = false) {
        self.writes = writes
        self.encoder = encoder
        self.isBulk = isBulk
        terms = writes.map { $0.content?.lexicalTerms ?? [] }
    }

    var byteCount: Int { writes.reduce(0) { $0 + $1.byteCount } }
}

extension ItemWrite {
    var content: ItemContent? {
        switch self {
        case .put(_, let content, _, _), .update(_, _, let content, _, _): content
        case .delete, .setVector, .prepareVector, .vote, .settle: nil
        }
    }
}

extension ItemContent {
    /// What words find the item by. The issue counts twice: it says what the item is about, the resolution mentions much
    /// else.
    var lexicalTerms: [String] {
        let issue = issue.foldedQuestion()
        let texts = [
            issue, issue, tags.joined(separator: " ").foldedQuestion(), category.foldedQuestion(),
            resolution.foldedQuestion(),
        ]
        return LexicalTokenizer.itemTerms(texts)
    }
}
