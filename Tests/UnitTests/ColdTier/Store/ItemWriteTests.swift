import ColdTier
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

@Suite struct ItemWriteTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func withStore(_ body: (ColdTier) async throws -> Void) async throws {
        let store = try await ColdFixture.open(directory.path)
        try await body(store)
        await store.close()
    }

    @Test("Posting an issue again replaces its item; replaced versions are kept, ten at most")
    func replacing() async throws {
        try await withStore { store in
            let first = try await store.put(ColdFixture.put("disk full", "v1", tags: ["a"]))
            #expect(first.version == 1)
            for version in 2...14 {
                let outcome = try await store.write([ColdFixture.put("disk full", "v\(version)", tags: ["b"])])
                guard case .replaced(let item) = outcome[0] else { throw UnexpectedOutcome(outcome: outcome[0]) }
                #expect(item.id == first.id)
                #expect(item.version == version)
                #expect(item.createdAt == first.createdAt)
            }
            let history = try await store.history(of: first.id, tenant: .default)
            #expect(history.map(\.version) == Array((4...13).reversed()))
            #expect(history.map(\.content.resolution) == (4...13).reversed().map { "v\($0)" })
            #expect(store.statistics().items == 1)
        }
    }

    @Test("Case makes another issue, white space does not")
    func identity() async throws {
        try await withStore { store in
            let one = try await store.put(ColdFixture.put("git branch -d"))
            let other = try await store.put(ColdFixture.put("git branch -D"))
            let same = try await store.put(ColdFixture.put(" git  branch\t-D "))
            #expect(one.id != other.id)
            #expect(same.id == other.id)
            #expect(same.version == 2)
        }
    }

    @Test("An update onto another item's issue is refused, and so is an unexpected version")
    func conflicts() async throws {
        try await withStore { store in
            let one = try await store.put(ColdFixture.put("one"))
            let two = try await store.put(ColdFixture.put("two"))
            func update(_ id: ItemID, _ issue: String, expecting version: Int?) throws -> ItemWrite {
                .update(
                    id: id, tenant: .default, content: try ItemContent(issue: issue, resolution: "r"), vector: nil,
                    expectedVersion: version)
            }
            let outcomes = try await store.write([
                update(two.id, "one", expecting: nil), update(two.id, "three", expecting: 9),
                update(two.id, "two", expecting: 1), update(ItemID(99), "x", expecting: nil),
                .delete(id: one.id, tenant: .default, expectedVersion: 5),
                .delete(id: one.id, tenant: #require(Tenant("other")), expectedVersion: nil),
            ])
            #expect(outcomes[0] == .issueTaken(by: one.id))
            #expect(outcomes[1] == .versionConflict(current: 1))
            guard case .replaced(let item) = outcomes[2] else { throw UnexpectedOutcome(outcome: outcomes[2]) }
            #expect(item.version == 2)
            #expect(outcomes[3] == .notFound)
            #expect(outcomes[4] == .versionConflict(current: 1))
            #expect(outcomes[5] == .notFound)
            #expect(store.changeNumber == ChangeNumber(3))
        }
    }

    @Test("Unchanged content is left alone when asked to, but gets its missing vector")
    func skipUnchanged() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full", embedded: false))
            #expect(store.statistics().itemsWithoutVector == 1)
            let again = try ColdFixture.put("disk full", skipUnchanged: true)
            #expect(try await store.write([again]) == [.unchanged(item)])
            #expect(store.changeNumber == ChangeNumber(2))
            #expect(store.statistics().itemsWithoutVector == 0)
            #expect(try await store.write([again]) == [.unchanged(item)])
            #expect(store.changeNumber == ChangeNumber(2))
        }
    }

    @Test("A vector is set only on the version it was made of")
    func setVector() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full", embedded: false))
            _ = try await store.put(ColdFixture.put("disk full", "other", embedded: false))
            let vector = SyntheticVector.of("disk full", dimension: ColdFixture.dimension)
            let late = ItemWrite.setVector(id: item.id, tenant: .default, version: 1, vector: vector)
            #expect(try await store.write([late]) == [.versionConflict(current: 2)])
            #expect(try await store.find("disk full", strategy: .vector).results.isEmpty)
        }
    }

    @Test("A vector of another length, or not of length 1, is refused before anything is written")
    func unusableVector() async throws {
        try await withStore { store in
            let content = try ItemContent(issue: "x", resolution: "y")
            for vector in [
                [Float](repeating: 0.5, count: 3), [Float](repeating: 1, count: 16),
                [.nan] + [Float](repeating: 0, count: 15),
            ] {
                await #expect(throws: ColdError.unusableVector(dimension: vector.count, expected: 16)) {
                    try await store.write([
                        .put(tenant: .default, content: content, vector: vector, skipUnchanged: false)
                    ])
                }
            }
            #expect(store.changeNumber == ChangeNumber(0))
        }
    }

    @Test("What a deletion leaves is nothing but its line in the log")
    func deletion() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full", tags: ["a", "b"]))
            _ = try await store.put(ColdFixture.put("disk full", "other", tags: ["a"]))
            #expect(
                try await store.write([.delete(id: item.id, tenant: .default, expectedVersion: 2)]) == [
                    .deleted(item.id)
                ])
            #expect(try await store.item(item.id, tenant: .default) == nil)
            for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                #expect(try await store.find("disk full", strategy: strategy).results.isEmpty)
            }
        }
        try await DatabaseQueue(path: directory.path + "/thermocline.sqlite").read { (db: Database) throws in
            for table in ["item", "item_tag", "item_history", "vector", "item_posting", "term_frequency"] {
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") == 0, "\(table)")
            }
            #expect(try Int.fetchAll(db, sql: "SELECT kind FROM change ORDER BY seq") == [1, 2, 3])
            #expect(try Int.fetchAll(db, sql: "SELECT seq FROM change ORDER BY seq") == [1, 2, 3])
        }
    }

    @Test("Text with a NUL, quotes or any other character comes back as it went in")
    func anyText() async throws {
        try await withStore { store in
            let texts = ["a\u{0}b", "a\u{0}c", "a", "'\"`; DROP TABLE item; --", "😀\u{200D}x", "%_*?"]
            for text in texts {
                let item = try await store.put(ColdFixture.put(text, text, category: text, tags: [text, "x,y"]))
                #expect(try await store.item(item.id, tenant: .default) == item)
            }
            #expect(store.statistics().items == texts.count)
            #expect(try await store.items(tenant: .default, limit: 9, tag: "a\u{0}b").count == 1)
        }
    }

    @Test("Pages go on in the order of ids, filtered by category and tag")
    func pages() async throws {
        try await withStore { store in
            for number in 0..<10 {
                _ = try await store.put(
                    ColdFixture.put(
                        "issue \(number)", category: number % 2 == 0 ? "even" : "odd", tags: ["n\(number % 3)"]))
            }
            let first = try await store.items(tenant: .default, limit: 4)
            let second = try await store.items(tenant: .default, after: first.last?.id, limit: 100)
            #expect((first + second).map(\.content.issue) == (0..<10).map { "issue \($0)" })
            let filtered = try await store.items(tenant: .default, limit: 100, category: "even", tag: "n0")
            #expect(filtered.map(\.content.issue) == ["issue 0", "issue 6"])
        }
    }

    @Test("The log of changes is bounded")
    func boundedLog() async throws {
        try await withStore { store in
            let writes = try (0..<1_000).map { try ColdFixture.put("issue", "r\($0)", embedded: false) }
            for _ in 0..<23 { _ = try await store.write(writes) }
            #expect(store.changeNumber == ChangeNumber(23_000))
        }
        try await DatabaseQueue(path: directory.path + "/thermocline.sqlite").read { (db: Database) throws in
            let count = try #require(try Int.fetchOne(db, sql: "SELECT count(*) FROM change"))
            #expect((20_000...21_024).contains(count))
        }
    }
}
