import ColdTier
import Foundation
import Knowledge
import TestSupport
import Testing

/// Random histories of two tenants against a dictionary, and every search against a scan of it.
@Suite struct StoreHistoryTests {
    /// With small blocks, batches become segments at once, and sealing and compaction never rest.
    @Test(
        "Two tenants' random histories leave what a plain model holds, over sealing, compaction and restarts",
        arguments: [FlatBlock.maximumRowCount, 8])
    func histories(blockRowCount: Int) async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let tenants = [Tenant.default, try #require(Tenant("other"))]
        var model = StoreModel()
        for round in 0..<6 {
            let store = try await ColdFixture.open(directory.path, blockRowCount: blockRowCount)
            for step in 0..<30 {
                let writes = try (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    try randomWrite(tenants, model, &random)
                }
                let outcomes = try await store.write(writes)
                for (write, outcome) in zip(writes, outcomes) {
                    let agrees = model.apply(write, outcome)
                    #expect(agrees, "\(write) → \(outcome)")
                }
                #expect(store.changeNumber.rawValue == model.changes)
                if step % 5 == 0 { try store.sealBlocks() }
                // Rows are moved a step at a time, amid writes and over restarts.
                try store.compactStep(isForced: true)
                try await compare(store, model, tenants, &random)
            }
            if round % 2 == 0 { try store.sealBlocks() }
            if blockRowCount < FlatBlock.maximumRowCount, round > 0 { #expect(store.statistics().segments > 0) }
            await store.close()
        }
    }

    private func randomWrite(
        _ tenants: [Tenant], _ model: StoreModel, _ random: inout SeededGenerator
    ) throws -> ItemWrite {
        let tenant = tenants[Int.random(in: 0..<2, using: &random)]
        let id = ItemID(Int64.random(in: 1...max(model.lastID, 1), using: &random))
        let version = Bool.random(using: &random) ? nil : Int.random(in: 1...2, using: &random)
        let words = ["disk", "full", "npm", "hangs", "git", "push", "tls", "libssl.so.3", "--force"]
        func text(_ count: Int) -> String {
            (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined(separator: " ")
        }
        let issue = text(Int.random(in: 1...3, using: &random))
        let content = try ItemContent(
            issue: issue, resolution: text(4), category: Bool.random(using: &random) ? "a" : "b",
            tags: (0..<Int.random(in: 0...2, using: &random)).map { "t\($0)" })
        let vector =
            Int.random(in: 0..<5, using: &random) == 0
            ? nil : SyntheticVector.of(issue, dimension: ColdFixture.dimension)
        switch Int.random(in: 0..<13, using: &random) {
        case 0..<6:
            return .put(
                tenant: tenant, content: content, vector: vector, skipUnchanged: Bool.random(using: &random))
        case 6: return .update(id: id, tenant: tenant, content: content, vector: vector, expectedVersion: version)
        case 7, 8: return .delete(id: id, tenant: tenant, expectedVersion: version)
        case 9: return .vote(id: id, tenant: tenant, caller: text(1), isHelpful: Bool.random(using: &random))
        case 10, 11:
            return .settle(
                id: id, tenant: tenant,
                // Most items have none, some tenants' all for a while.
                quality: Bool.random(using: &random) ? 0 : Double(Int.random(in: -999...999, using: &random)) / 1_000,
                votesSince: Timestamp(milliseconds: 0))
        default:
            return .setVector(
                id: id, tenant: tenant, version: version ?? 1,
                vector: SyntheticVector.of(text(2), dimension: ColdFixture.dimension))
        }
    }

    private func compare(
        _ store: ColdTier, _ model: StoreModel, _ tenants: [Tenant], _ random: inout SeededGenerator
    ) async throws {
        for tenant in tenants {
            let items = try await store.items(tenant: tenant, limit: 1_000)
            #expect(items.map(\.id) == model.items(of: tenant).map(\.id))
            #expect(items.map(\.content) == model.items(of: tenant).map(\.content))
            #expect(items.map(\.version) == model.items(of: tenant).map(\.version))
            #expect(items.map(\.quality) == model.items(of: tenant).map(\.quality))
            #expect(store.itemCount(tenant) == items.count)
            let text = ["disk full", "npm hangs", "libssl git", "--force tls push"].randomElement(using: &random) ?? ""
            let category = [nil, "a", "b"].randomElement(using: &random) ?? nil
            let tags = [[], ["t0"], ["t0", "t1"]].randomElement(using: &random) ?? []
            let minScore = [nil, 0.0, 0.5].randomElement(using: &random) ?? nil
            let query = SyntheticVector.of(text, dimension: ColdFixture.dimension)

            let vector = try await store.find(
                text, tenant: tenant, strategy: .vector, category: category, tags: tags, minScore: minScore)
            let expected = model.nearest(
                query, tenant: tenant, category: category, tags: tags, minScore: minScore ?? 0.3)
            #expect(vector.results.map(\.item.id) == expected.prefix(5).map(\.id))
            #expect(vector.results.map(\.similarity) == expected.prefix(5).map(\.similarity))
            #expect(vector.results.map(\.score) == expected.prefix(5).map(\.score))

            let lexical = try await store.search(
                ColdSearch(
                    tenant: tenant, text: text, vector: query, topK: 20, category: category, tags: tags,
                    minScore: minScore, strategy: .lexical))
            let matching = model.matching(
                text, query, tenant: tenant, category: category, tags: tags, minScore: minScore)
            #expect(Set(lexical.results.map(\.item.id)).isSubset(of: matching))
            #expect(lexical.results.count == min(20, matching.count))
            for (one, next) in zip(lexical.results, lexical.results.dropFirst()) {
                #expect(one.score > next.score || (one.score == next.score && one.item.id < next.item.id))
            }
            let missing = try await store.itemsWithoutVector(limit: 1_000).filter { $0.tenant == tenant }
            #expect(missing.map(\.id) == model.items(of: tenant).filter { $0.vector == nil }.map(\.id))
        }
    }

    @Test("No text is an error of lexical search")
    func anyQuestion() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let alphabet = Array("ab \"'*():^-+{}[]\\/.,;?!\u{0}\u{7}\u{A0}é漢😀NEAR AND OR NOT%_\n".unicodeScalars)
        for number in 0..<400 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let query = String(text)
            let answer = try await store.find(query, strategy: .lexical, topK: 20)
            guard let content = try? ItemContent(issue: "\(number) \(query)", resolution: "r") else { continue }
            _ = try await store.write([
                .put(tenant: .default, content: content, vector: nil, skipUnchanged: false)
            ])
            guard !LexicalTokenizer.questionTerms(query.foldedQuestion()).isEmpty else {
                #expect(answer.results.isEmpty)
                continue
            }
            let found = try await store.find("\(number) \(query)", strategy: .lexical, topK: 20)
            #expect(found.results.contains { $0.item.content.issue == content.issue }, "\(query.debugDescription)")
        }
        await store.close()
    }

    @Test("The best of a long posting list are those that scoring every item finds")
    func bestOfAll() async throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let words = (0..<30).map { "w\($0)" }
        var contents: [ItemContent] = []
        for number in 0..<400 {
            let text = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                words[min(Int.random(in: 0..<30, using: &random), Int.random(in: 0..<30, using: &random))]
            }
            contents.append(
                try ItemContent(issue: "i\(number)", resolution: text.joined(separator: " "), category: "c"))
        }
        _ = try await store.write(
            contents.map { .put(tenant: .default, content: $0, vector: nil, skipUnchanged: false) })
        let ranking = PlainRanking(contents)
        for _ in 0..<40 {
            let question = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            let answer = try await store.find(question.joined(separator: " "), strategy: .lexical, topK: 10)
            let expected = ranking.best(10, question)
            #expect(answer.results.map(\.item.id.rawValue) == expected.map { Int64($0.index + 1) }, "\(question)")
            #expect(answer.results.map(\.score) == expected.map(\.score))
        }
        await store.close()
    }
}
