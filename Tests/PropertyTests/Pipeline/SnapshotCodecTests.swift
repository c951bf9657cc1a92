import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing

@Suite("The bytes of a snapshot")
struct SnapshotCodecTests {
    private func encoded(_ snapshot: HotSnapshot) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try SnapshotCodec.encode(snapshot) { bytes += $0 }
        return bytes
    }

    private func decoded(_ bytes: [UInt8]) throws(SnapshotError) -> HotSnapshot {
        var rest = bytes[...]
        return try SnapshotCodec.decode { count throws(SnapshotError) in
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
    }

    private func snapshot(_ random: inout SeededGenerator) -> HotSnapshot {
        let tenants = [Tenant.default, Tenant("a"), Tenant(String(repeating: "t", count: 63))].compactMap { $0 }
        func fingerprint() -> Fingerprint { Fingerprint(high: random.next(), low: random.next()) }
        func tenant() -> Tenant { tenants[Int.random(in: 0..<tenants.count, using: &random)] }
        let pins = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            HotPin(tenant: tenant(), fingerprint: fingerprint())
        }
        let answers = (0..<Int.random(in: 0...5, using: &random)).map { number in
            Answer.sample(
                "question \(number)", tenant: tenant(), changeNumber: ChangeNumber(Int64(number)),
                fragment: [UInt8](repeating: 1, count: Int.random(in: 0...300, using: &random)))
        }
        let ledger = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            AccessLedger.Memory(
                fingerprint: fingerprint(), tenant: TenantMark(tenant()),
                count: Int32.random(in: 0 ... .max, using: &random),
                lastAccess: Timestamp(milliseconds: Int64.random(in: .min ... .max, using: &random)),
                quality: Bool.random(using: &random) ? nil : Float.random(in: 0...1, using: &random))
        }
        return HotSnapshot(
            origin: HotSnapshot.Origin(
                storeID: "store", encoder: Bool.random(using: &random) ? "" : "e",
                changeNumber: ChangeNumber(Int64.random(in: .min ... .max, using: &random)),
                savedAt: Timestamp(milliseconds: 5)),
            pins: pins, answers: answers, ledger: ledger)
    }

    @Test("What is decoded is what was encoded")
    func roundTrip() throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            let snapshot = snapshot(&random)
            let decoded = try decoded(try encoded(snapshot))
            let label = Comment("seed \(seed), round \(round)")
            #expect(decoded.origin == snapshot.origin, label)
            #expect(decoded.pins == snapshot.pins, label)
            #expect(decoded.ledger == snapshot.ledger, label)
            #expect(decoded.answers.map(\.fingerprint) == snapshot.answers.map(\.fingerprint), label)
            #expect(decoded.answers.map(\.fragment) == snapshot.answers.map(\.fragment), label)
        }
    }

    @Test("More pins and questions than a block holds are still all there")
    func pages() throws {
        var random = SeededGenerator(seed: 1)
        var snapshot = snapshot(&random)
        snapshot.pins = (0..<25_000).map { HotPin(tenant: .default, fingerprint: Fingerprint(high: 1, low: $0)) }
        #expect(try decoded(try encoded(snapshot)).pins == snapshot.pins)
    }

    @Test("A changed, cut or lengthened snapshot is none")
    func mutations() throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<3_000 {
            let whole = try encoded(snapshot(&random))
            var bytes = whole
            switch round % 3 {
            case 0:
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
            default: bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            #expect(throws: SnapshotError.self, "seed \(seed), round \(round)") { try decoded(bytes) }
        }
    }
}
