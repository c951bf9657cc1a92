import ColdTier
import Knowledge

/// What the store must hold, kept in a dictionary.
struct StoreModel {
    struct Item {
        let id: ItemID
        let tenant: Tenant
        var version: Int
        var content: ItemContent
        var vector: [Float]?
        var quality = 0.0
    }

    private var byID: [ItemID: Item] = [:]
    private(set) var lastID: Int64 = 0
    private(set) var changes: Int64 = 0

    func items(of tenant: Tenant) -> [Item] {
        byID.values.filter { $0.tenant == tenant }.sorted { $0.id < $1.id }
    }

    /// Makes the change; false when the store's outcome is not the model's.
    mutating func apply(_ write: ItemWrite, _ outcome: ItemOutcome) -> Bool {
        switch write {
        case .put(let tenant, let content, let vector, let skipUnchanged):
            guard var item = holder(of: content.issue, tenant) else {
                changes += 1
                lastID += 1
                let id = ItemID(lastID)
                byID[id] = Item(id: id, tenant: tenant, version: 1, content: content, vector: vector)
                if case .created(let made) = outcome { return made.id == id && made.content == content }
                return false
            }
            if skipUnchanged, item.content == content {
                if item.vector == nil, let vector {
                    changes += 1
                    item.vector = vector
                    byID[item.id] = item
                }
                if case .unchanged(let same) = outcome { return same.id == item.id && same.version == item.version }
                return false
            }
            return replace(item, content, vector, outcome)
        case .update(let id, let tenant, let content, let vector, let expected):
            guard let item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            if let expected, expected != item.version { return outcome == .versionConflict(current: item.version) }
            if let other = holder(of: content.issue, tenant), other.id != id {
                return outcome == .issueTaken(by: other.id)
            }
            return replace(item, content, vector, outcome)
        case .delete(let id, let tenant, let expected):
            guard let item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            if let expected, expected != item.version { return outcome == .versionConflict(current: item.version) }
            changes += 1
            byID[id] = nil
            return outcome == .deleted(id)
        case .setVector(let id, let tenant, let version, let vector):
            guard var item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            guard version == item.version else { return outcome == .versionConflict(current: item.version) }
            changes += 1
            item.vector = vector
            byID[id] = item
            return outcome == .vectorSet(id)
        case .prepareVector(let id, let tenant, let version, _, _):
            guard let item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            guard version == item.version else { return outcome == .versionConflict(current: item.version) }
            return outcome == .vectorSet(id)
        case .vote(let id, let tenant, _, _):
            guard let item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            return outcome == .voted(id)
        case .settle(let id, let tenant, let quality, _):
            guard var item = byID[id], item.tenant == tenant else { return outcome == .notFound }
            guard quality != item.quality else {
                if case .unchanged(let same) = outcome { return same.id == id && same.quality == quality }
                return false
            }
            changes += 1
            item.quality = quality
            byID[id] = item
            return outcome == .settled(id)
        }
    }

    private mutating func replace(
        _ item: Item, _ content: ItemContent, _ vector: [Float]?, _ outcome: ItemOutcome
    ) -> Bool {
        changes += 1
        byID[item.id] = Item(
            id: item.id, tenant: item.tenant, version: item.version + 1, content: content, vector: vector,
            quality: item.quality)
        if case .replaced(let made) = outcome {
            return made.id == item.id && made.version == item.version + 1 && made.content == content
        }
        return false
    }

    private func holder(of issue: String, _ tenant: Tenant) -> Item? {
        byID.values.first { $0.tenant == tenant && $0.content.issue == issue }
    }

    private func filtered(_ tenant: Tenant, _ category: String?, _ tags: [String]) -> [Item] {
        items(of: tenant).filter { item in
            (category == nil || item.content.category == category)
                && tags.allSatisfy { item.content.tags.contains($0) }
        }
    }

    func nearest(
        _ query: [Float], tenant: Tenant, category: String?, tags: [String], minScore: Double
    ) -> [(id: ItemID, similarity: Double, score: Double)] {
        filtered(tenant, category, tags).compactMap { item in
            guard let vector = item.vector else { return nil }
            let similarity = Self.similarity(query, vector)
            let weighed = (similarity * 10_000).rounded() + (0.05 * item.quality * 10_000).rounded()
            return (item.id, similarity, weighed / 10_000)
        }.filter { $0.similarity > minScore }
            .sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
    }

    /// Items that share a term with the text and pass the filters.
    func matching(
        _ text: String, _ query: [Float], tenant: Tenant, category: String?, tags: [String], minScore: Double?
    ) -> Set<ItemID> {
        let wanted = Set(LexicalTokenizer.questionTerms(text))
        let items = filtered(tenant, category, tags).filter { item in
            let content = item.content
            let terms = LexicalTokenizer.itemTerms(
                [content.issue, content.resolution, content.category, content.tags.joined(separator: " ")])
            guard !wanted.isDisjoint(with: terms) else { return false }
            return minScore.map { (item.vector.map { Self.similarity(query, $0) } ?? 0) > $0 } ?? true
        }
        return Set(items.map(\.id))
    }

    private static func similarity(_ one: [Float], _ other: [Float]) -> Double {
        let dot = zip(one, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        return (min(max(dot, -1), 1) * 10_000).rounded() / 10_000
    }
}
