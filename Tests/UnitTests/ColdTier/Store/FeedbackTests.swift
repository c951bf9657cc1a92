import ColdTier
import GRDB
import Knowledge
import TestSupport
import Testing

@Suite("Feedback in the store")
struct FeedbackTests {
    private static let day: Int64 = 86_400_000
    private let directory: TemporaryDirectory
    private let clock = ManualClock(at: Timestamp(milliseconds: 1_000 * day))

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func withStore(_ body: (ColdTier) async throws -> Void) async throws {
        let store = try await ColdFixture.open(directory.path, timeSource: clock.timeSource)
        try await body(store)
        await store.close()
    }

    /// Votes of so many callers, and what they come to.
    private func vote(_ store: ColdTier, _ id: ItemID, _ isHelpful: Bool = true, callers: Int = 1) async throws {
        for caller in 0..<callers {
            #expect(try await store.vote(isHelpful: isHelpful, on: id, tenant: .default, caller: "c\(caller)"))
        }
    }

    private func quality(_ store: ColdTier, _ id: ItemID) async throws -> Double? {
        try await store.item(id, tenant: .default)?.quality
    }

    @Test("Votes change nothing until they are settled, once, by a logged change")
    func settling() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full"))
            try await vote(store, item.id, callers: 8)
            #expect(store.changeNumber == ChangeNumber(1))
            #expect(try await quality(store, item.id) == 0)
            #expect(try await store.settleFeedback(at: clock.now) == 1)
            #expect(store.changeNumber == ChangeNumber(2))
            #expect(try await quality(store, item.id) == 0.6756)
            #expect(try await store.settleFeedback(at: clock.now) == 0)
            #expect(store.changeNumber == ChangeNumber(2))
            let statistics = store.statistics()
            #expect(statistics.helpfulVotes == 8 && statistics.unhelpfulVotes == 0 && statistics.settledItems == 1)
        }
    }

    @Test("A caller has one vote an item, and the last counts; two tenants' callers never meet")
    func oneVote() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full"))
            for _ in 0..<20 { try await vote(store, item.id) }
            try await store.settleFeedback(at: clock.now)
            #expect(try await quality(store, item.id) == 0.2065)
            try await vote(store, item.id, false)
            try await store.settleFeedback(at: clock.now)
            #expect(try await quality(store, item.id) == -0.2065)
            let other = try #require(Tenant("other"))
            #expect(try await !store.vote(isHelpful: true, on: item.id, tenant: other, caller: "c0"))
            #expect(try await !store.vote(isHelpful: true, on: ItemID(99), tenant: .default, caller: "c0"))
        }
    }

    @Test("An item keeps a thousand votes, and the oldest goes")
    func bounded() async throws {
        let item: KnowledgeItem
        let store = try await ColdFixture.open(directory.path, timeSource: clock.timeSource)
        item = try await store.put(ColdFixture.put("disk full"))
        try await vote(store, item.id, false)
        for start in stride(from: 1, through: 1_001, by: 200) {
            clock.advance(milliseconds: 1)
            _ = try await store.write(
                (start..<min(start + 200, 1_001)).map {
                    .vote(id: item.id, tenant: .default, caller: "c\($0)", isHelpful: true)
                })
        }
        await store.close()
        let votes = try await DatabaseQueue(path: directory.path + "/" + ColdTier.databaseName).read { db in
            try Row.fetchAll(db, sql: "SELECT count(*), sum(helpful) FROM vote").map { [$0[0] as Int, $0[1] as Int] }
        }
        #expect(votes == [[1_000, 1_000]])
    }

    @Test("What nobody confirms fades, to nothing in the end, and its votes are forgotten")
    func fading() async throws {
        try await withStore { store in
            let item = try await store.put(ColdFixture.put("disk full"))
            try await vote(store, item.id, callers: 8)
            var last = 1.0
            for days in stride(from: Int64(0), through: 300, by: 60) {
                try await store.settleFeedback(at: clock.now.adding(milliseconds: days * Self.day))
                let quality = try #require(try await quality(store, item.id))
                #expect(quality < last && quality > 0)
                last = quality
            }
            try await store.settleFeedback(at: clock.now.adding(milliseconds: 301 * Self.day))
            #expect(try await quality(store, item.id) == 0)
            // With votes left, this would find a quality again.
            #expect(try await store.settleFeedback(at: clock.now) == 0)
        }
    }

    @Test("A replaced item keeps its quality, a deleted one leaves nothing, a restart neither")
    func life() async throws {
        var item: KnowledgeItem?
        try await withStore { store in
            let kept = try await store.put(ColdFixture.put("disk full"))
            let gone = try await store.put(ColdFixture.put("disk slow"))
            for id in [kept.id, gone.id] { try await vote(store, id, callers: 3) }
            #expect(try await store.settleFeedback(at: clock.now) == 2)
            let replaced = try await store.put(ColdFixture.put("disk full", "another resolution"))
            #expect(replaced.quality == 0.4385)
            _ = try await store.write([.delete(id: gone.id, tenant: .default, expectedVersion: nil)])
            #expect(try await store.settleFeedback(at: clock.now) == 0)
            item = replaced
        }
        try await withStore { store in
            let id = try #require(item?.id)
            #expect(try await quality(store, id) == 0.4385)
            #expect(try await store.find("disk full", strategy: .vector).results.first?.score == 1.0219)
        }
    }

    @Test("More items than one step takes are all settled")
    func steps() async throws {
        try await withStore { store in
            _ = try await store.write(try (0..<600).map { try ColdFixture.put("issue \($0)") })
            for start in stride(from: 0, to: 600, by: 200) {
                _ = try await store.write(
                    (start..<start + 200).map {
                        .vote(id: ItemID(Int64($0 + 1)), tenant: .default, caller: "c", isHelpful: $0 % 2 == 0)
                    })
            }
            #expect(try await store.settleFeedback(at: clock.now) == 600)
            #expect(store.changeNumber == ChangeNumber(1_200))
        }
    }

    // MARK: Ranking

    private static func vector(_ cosine: Double) -> [Float] {
        var vector = [Float](repeating: 0, count: ColdFixture.dimension)
        vector[0] = Float(cosine)
        vector[1] = Float((1 - cosine * cosine).squareRoot())
        return vector
    }

    private func put(_ store: ColdTier, _ cosines: [Double]) async throws -> [ItemID] {
        var ids: [ItemID] = []
        for (number, cosine) in cosines.enumerated() {
            let content = try ItemContent(issue: "disk \(number)", resolution: "r")
            let write = ItemWrite.put(
                tenant: .default, content: content, vector: Self.vector(cosine), skipUnchanged: false)
            ids.append(try await store.put(write).id)
        }
        return ids
    }

    private func nearest(_ store: ColdTier, topK: Int = 2, minScore: Double? = nil) async throws -> [RankedItem] {
        try await store.search(
            ColdSearch(
                tenant: .default, text: "disk", vector: Self.vector(1), topK: topK, minScore: minScore,
                strategy: .vector)
        ).results
    }

    @Test("Eight callers lift an item over one that is 0.03 closer; one caller lifts it by 0.0103")
    func lifting() async throws {
        try await withStore { store in
            let ids = try await put(store, [0.9, 0.87, 0.5])
            try await vote(store, ids[1])
            try await store.settleFeedback(at: clock.now)
            #expect(try await nearest(store).map(\.item.id) == [ids[0], ids[1]])
            #expect(try await nearest(store).map(\.score) == [0.9, 0.8803])
            try await vote(store, ids[1], callers: 8)
            try await store.settleFeedback(at: clock.now)
            let lifted = try await nearest(store)
            #expect(lifted.map(\.item.id) == [ids[1], ids[0]])
            #expect(lifted.map(\.similarity) == [0.87, 0.9])
            #expect(lifted.map(\.score) == [0.9038, 0.9])
        }
    }

    @Test("An item far down the list by similarity comes in, if its quality says so, whatever the length of the list")
    func fromFarDown() async throws {
        try await withStore { store in
            let ids = try await put(store, (0..<120).map { 0.9 - Double($0) * 0.0002 })
            try await store.settle(ids[119], 1)
            #expect(try await nearest(store, topK: 1).map(\.item.id) == [ids[119]])
            #expect(try await nearest(store, topK: 1).map(\.score) == [0.9262])
            #expect(try await nearest(store, topK: 3).map(\.item.id) == [ids[119], ids[0], ids[1]])
            for id in ids.prefix(100) { try await store.settle(id, -1) }
            #expect(try await nearest(store, topK: 2).map(\.item.id) == [ids[119], ids[100]])
        }
    }

    @Test("min_score looks at the similarity alone")
    func minScore() async throws {
        try await withStore { store in
            let ids = try await put(store, [0.52, 0.48])
            try await store.settle(ids[0], -1)
            try await store.settle(ids[1], 1)
            #expect(try await nearest(store, minScore: 0.5).map(\.item.id) == [ids[0]])
            #expect(try await nearest(store, minScore: 0.5).map(\.score) == [0.47])
        }
    }

    @Test("Words rank with the same share", arguments: [SearchStrategy.lexical, .hybrid])
    func words(strategy: SearchStrategy) async throws {
        try await withStore { store in
            _ = try await store.write(
                try (0..<60).map { try ColdFixture.put("disk \($0)", "the same", embedded: false) })
            let plain = try await store.find("disk", strategy: strategy).results
            #expect(plain.map(\.item.id.rawValue) == [1, 2, 3, 4, 5])
            // By words all are alike; in a fused list the place decides, and neighbours are 2 % apart.
            try await store.settle(ItemID(strategy == .lexical ? 60 : 3), 0.9)
            try await store.settle(ItemID(1), -0.1)
            let weighed = try await store.find("disk", strategy: strategy).results
            #expect(weighed.map(\.item.id.rawValue) == (strategy == .lexical ? [60, 2, 3, 4, 5] : [3, 1, 2, 4, 5]))
            let share =
                (weighed.first?.score ?? 0) / (plain.first { $0.item.id == weighed.first?.item.id } ?? plain[0]).score
            #expect(abs(share - 1.045) < 1e-3)
        }
    }
}
