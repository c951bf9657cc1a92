import Knowledge

/// Writes with what can be worked out of them before their transaction: they wait and are made together.
public struct PreparedWrites: Sendable {
    let writes: [ItemWrite]
    /// For each write the terms of its content, if it has any.
    let terms: [[String]]
    /// For each write its content as it is stored, once that is worked out.
    private(set) var contents: [CompactContent?] = []
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

    /// Works out what is stored of each content; compressing is most of it. Does nothing where that was done.
    mutating func compact(by texts: StoreTexts) {
        guard contents.isEmpty else { return }
        contents = zip(writes, terms).map { write, terms in
            write.content.map { texts.compact($0, words: terms, tenant: write.tenant.name, isQuick: isBulk) }
        }
    }

    var byteCount: Int {
        writes.reduce(0) { $0 + $1.byteCount }
            + contents.reduce(0) { $0 + ($1.map { $0.issue.count + $0.resolution.count } ?? 0) }
    }
}

extension ItemWrite {
    var tenant: Tenant {
        switch self {
        case .put(let tenant, _, _, _), .update(_, let tenant, _, _, _), .delete(_, let tenant, _),
            .setVector(_, let tenant, _, _), .prepareVector(_, let tenant, _, _, _), .vote(_, let tenant, _, _),
            .settle(_, let tenant, _, _):
            tenant
        }
    }

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
