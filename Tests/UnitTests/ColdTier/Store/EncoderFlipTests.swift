import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite("Flipping a store to another encoder")
struct EncoderFlipTests {
    private let coming = ColdFixture.encoder("fedcba9876543210", dimension: 24)

    private func prepare(_ store: ColdTier, by encoder: EncoderIdentity) async throws {
        let items = try await store.itemsToReembed(by: encoder, limit: 1_000)
        _ = try await store.write(
            items.map {
                .prepareVector(
                    id: $0.id, tenant: $0.tenant, version: $0.version,
                    vector: SyntheticVector.of($0.content.issue, dimension: encoder.dimension), encoder: encoder)
            })
    }

    private func flip(_ store: ColdTier, allowedMissing: Int = 0) async throws -> Int {
        try await store.flip(to: StoredEncoder(coming, place: nil), allowedMissing: allowedMissing) {}
    }

    @Test("After it the vectors are the new ones, also at the next start; the old ones' space is given back")
    func flipped() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path, blockRowCount: 16)
        _ = try await store.write((0..<50).map { try ColdFixture.put("disk \($0) is full", embedded: true) })
        try store.sealBlocks()
        let before = store.changeNumber
        _ = try await store.beginReembedding(coming)
        try await prepare(store, by: coming)
        #expect(store.changeNumber == before)
        #expect(try await store.find("disk 7 is full", strategy: .vector).results.first?.similarity == 1)

        #expect(try await flip(store) == 0)
        #expect(store.encoder == coming)
        #expect(store.changeNumber.rawValue == before.rawValue + 50)
        let found = try await store.find("disk 7 is full", strategy: .vector, dimension: 24)
        #expect(found.results.first?.similarity == 1)
        #expect(found.results.first?.item.content.issue == "disk 7 is full")
        try store.sealBlocks()
        await store.close()

        let again = try await ColdFixture.open(directory.path, encoder: coming, blockRowCount: 16)
        #expect(again.statistics().itemsWithoutVector == 0)
        #expect(again.statistics().segments == 3)
        #expect(try await again.storedEncoder()?.identity == coming)
        #expect(try await again.find("disk 7 is full", strategy: .vector, dimension: 24).results == found.results)
        await again.close()
    }

    @Test("It waits for items without; more may be allowed, and are embedded afterwards")
    func missing() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let item = try await store.put(ColdFixture.put("disk is full"))
        _ = try await store.beginReembedding(coming)
        try await prepare(store, by: coming)
        // Replaced, it loses the vector that was prepared for what it was.
        _ = try await store.put(ColdFixture.put("disk is full", "buy another"))
        #expect(try await flip(store) == 1)
        #expect(store.encoder != coming)
        #expect(try await flip(store, allowedMissing: 1) == 1)
        #expect(store.encoder == coming)
        #expect(try await store.itemsWithoutVector(limit: 10).map(\.id) == [item.id])
        await store.close()
    }

    @Test("What was prepared is kept over a restart, and dropped for a third encoder")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        _ = try await store.put(ColdFixture.put("disk is full"))
        _ = try await store.beginReembedding(coming)
        try await prepare(store, by: coming)
        await store.close()

        let again = try await ColdFixture.open(directory.path)
        #expect(try await again.beginReembedding(coming) == 1)
        let third = ColdFixture.encoder("1111111111111111", dimension: 8)
        #expect(try await again.beginReembedding(third) == 0)
        #expect(try await again.beginReembedding(coming) == 0)
        #expect(try await again.find("disk is full", strategy: .vector).results.first?.similarity == 1)
        await again.close()
    }

    @Test("Vectors of the old encoder are neither searched by nor stored", arguments: [16, 24])
    func staleVectors(dimension: Int) async throws {
        let directory = try TemporaryDirectory()
        // One dimension or two: the names decide.
        let old = ColdFixture.encoder("0123456789abcdef", dimension: dimension)
        let store = try await ColdFixture.open(directory.path, encoder: old)
        _ = try await store.put(ColdFixture.put("disk is full", dimension: dimension))
        _ = try await store.beginReembedding(coming)
        try await prepare(store, by: coming)
        #expect(try await flip(store) == 0)

        let vector = SyntheticVector.of("disk is full", dimension: dimension)
        await #expect(throws: ColdError.encoderChanged) {
            try await store.search(
                ColdSearch(tenant: .default, text: "disk", vector: vector, encoder: old.fingerprint))
        }
        _ = try await store.write(
            PreparedWrites([try ColdFixture.put("fan is loud", dimension: dimension)], encoder: old.fingerprint))
        #expect(try await store.itemsWithoutVector(limit: 10).map(\.content.issue) == ["fan is loud"])
        await store.close()
    }

    @Test("The encoder is noted only where every vector is its own")
    func record() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ColdFixture.open(directory.path)
        let own = StoredEncoder(ColdFixture.encoder(), place: "here")
        _ = try await store.put(ColdFixture.put("disk is full", embedded: false))
        #expect(try await !store.record(own))
        #expect(try await store.storedEncoder() == nil)
        try await store.embedMissing()
        #expect(try await store.record(own))
        #expect(try await store.storedEncoder() == own)
        #expect(try await !store.record(StoredEncoder(coming, place: nil)))
        await store.close()
    }
}
