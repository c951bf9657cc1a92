import ColdTier
import Knowledge
import TestSupport
import Testing

/// Checked against the plain truth: the search done again.
@Suite("Answers that a check finds valid")
struct ValidityProperties {
    private static let words = (0..<40).map { "word\($0)" }

    private struct Kept {
        let search: ColdSearch
        var answer: ColdAnswer
        var since: ChangeNumber
    }

    @Test("Over a random history, an answer found valid is what the search finds now, and most that stand are found so")
    func history() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let tenants = [Tenant.default, try #require(Tenant("other"))]
        var items: [[KnowledgeItem]] = [[], []]
        for number in 0..<300 {
            items[number % 2].append(try await store.put(Self.put(tenants[number % 2], &random)))
        }
        var kept: [Kept] = []
        for _ in 0..<40 { kept.append(try await Self.ask(Self.search(tenants, &random), store)) }

        var (checks, standing, valid) = (0, 0, 0)
        for round in 0..<400 {
            let tenant = Int.random(in: 0...1, using: &random)
            try await Self.change(&items[tenant], of: tenants[tenant], in: store, &random)
            // Most answers are checked after several changes at once.
            for index in kept.indices where Int.random(in: 0..<4, using: &random) == 0 {
                let fresh = try await store.search(kept[index].search)
                let stands = fresh.results == kept[index].answer.results
                checks += 1
                standing += stands ? 1 : 0
                switch store.validity(
                    of: kept[index].answer.footprint, tenant: kept[index].search.tenant, since: kept[index].since)
                {
                case .valid(let through):
                    #expect(stands, "round \(round): \(kept[index].search)")
                    #expect(through == store.changeNumber)
                    valid += 1
                    kept[index].since = through
                case .altered, .unknown:
                    kept[index] =
                        Bool.random(using: &random)
                        ? try await Self.ask(kept[index].search, store)
                        : try await Self.ask(Self.search(tenants, &random), store)
                }
            }
        }
        print("\(checks) checks: \(standing) answers stood, \(valid) of them found valid")
        #expect(valid * 4 > standing * 3, "the check ends too many answers")
        await store.close()
    }

    private static func ask(_ search: ColdSearch, _ store: ColdTier) async throws -> Kept {
        let answer = try await store.search(search)
        return Kept(search: search, answer: answer, since: answer.changeNumber)
    }

    private static func change(
        _ items: inout [KnowledgeItem], of tenant: Tenant, in store: ColdTier, _ random: inout SeededGenerator
    ) async throws {
        let index = items.indices.randomElement(using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<2:
            guard let index else { return }
            _ = try await store.write([.delete(id: items.remove(at: index).id, tenant: tenant, expectedVersion: nil)])
        case 2..<4:
            guard let index else { return }
            let write = ItemWrite.update(
                id: items[index].id, tenant: tenant, content: try content(&random),
                vector: Bool.random(using: &random) ? vector(&random) : nil, expectedVersion: nil)
            if case .replaced(let item) = try await store.write([write]).first { items[index] = item }
        case 4:
            guard let index else { return }
            _ = try await store.write([
                .setVector(
                    id: items[index].id, tenant: tenant, version: items[index].version, vector: vector(&random))
            ])
        case 5..<7:
            guard let index else { return }
            let quality = Double(Int.random(in: -9...9, using: &random)) / 10
            _ = try await store.write([
                .settle(
                    id: items[index].id, tenant: tenant, quality: quality, votesSince: Timestamp(milliseconds: 0))
            ])
        default:
            let writes = try (0..<Int.random(in: 1...3, using: &random)).map { _ in try put(tenant, &random) }
            for outcome in try await store.write(writes) {
                if case .created(let item) = outcome { items.append(item) }
            }
        }
    }

    private static func put(_ tenant: Tenant, _ random: inout SeededGenerator) throws -> ItemWrite {
        .put(tenant: tenant, content: try content(&random), vector: vector(&random), skipUnchanged: false)
    }

    private static func content(_ random: inout SeededGenerator) throws -> ItemContent {
        try ItemContent(
            issue: text(2...5, &random), resolution: text(1...30, &random),
            category: ["a", "b", "c"].randomElement(using: &random),
            tags: ["x", "y"].filter { _ in Bool.random(using: &random) })
    }

    private static func vector(_ random: inout SeededGenerator) -> [Float] {
        SyntheticVector.of(text(2...4, &random), dimension: ColdFixture.dimension)
    }

    private static func search(_ tenants: [Tenant], _ random: inout SeededGenerator) -> ColdSearch {
        ColdSearch(
            tenant: tenants.randomElement(using: &random) ?? .default, text: text(1...4, &random),
            vector: vector(&random), topK: [1, 3, 5, 20].randomElement(using: &random) ?? 5,
            category: Bool.random(using: &random) ? nil : "a", tags: Bool.random(using: &random) ? [] : ["x"],
            minScore: [nil, nil, -1, 0, 0.5, 0.9].randomElement(using: &random) ?? nil,
            strategy: SearchStrategy.allCases.randomElement(using: &random) ?? .auto)
    }

    private static func text(_ count: ClosedRange<Int>, _ random: inout SeededGenerator) -> String {
        (0..<Int.random(in: count, using: &random)).compactMap { _ in words.randomElement(using: &random) }
            .joined(separator: " ")
    }
}
