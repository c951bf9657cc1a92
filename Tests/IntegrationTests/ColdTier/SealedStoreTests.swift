import ColdTier
import Foundation
import Knowledge
import Sealing
import TestSupport
import Testing

/// What somebody finds, and can do, who has the files but not the key.
@Suite struct SealedStoreTests {
    private let directory: TemporaryDirectory
    private let bytes: StoreBytes
    private var file: String { directory.path + "/thermocline.sqlite" }

    init() throws {
        directory = try TemporaryDirectory()
        bytes = StoreBytes(in: directory.path)
    }

    private static let markers = ["Zanzibarissue", "Zanzibarresolution", "Zanzibarbefore", "Zanzibargone", "zanzibar"]

    private func write(to store: ColdTier, count: Int = 40) async throws {
        let other = try #require(Tenant("other"))
        for number in 0..<count {
            _ = try await store.put(
                ColdFixture.put(
                    "Zanzibarissue \(number)", "Zanzibarbefore \(number)", tenant: number % 4 == 0 ? other : .default))
        }
        for number in 0..<count where number % 3 == 0 {
            _ = try await store.put(
                ColdFixture.put(
                    "Zanzibarissue \(number)", "Zanzibarresolution restart the service \(number)",
                    tenant: number % 4 == 0 ? other : .default))
        }
        let gone = try await store.put(ColdFixture.put("Zanzibargone", "Zanzibargone"))
        _ = try await store.write([.delete(id: gone.id, tenant: .default, expectedVersion: nil)])
    }

    private func expectNothingReadable(_ comment: Comment) throws {
        for marker in Self.markers { #expect(try bytes.files(with: marker) == [], comment) }
    }

    private static func items(_ store: ColdTier) async throws -> [KnowledgeItem] {
        try await store.items(tenant: .default, limit: 1_000)
            + store.items(tenant: #require(Tenant("other")), limit: 1_000)
    }

    @Test("No file of a sealed store has a word of what was written, with a dictionary or without, open or closed")
    func nothingReadable() async throws {
        let ring = ColdFixture.ring(1)
        let store = try await ColdFixture.open(directory.path, keyRing: ring, dictionaryItems: 16)
        try await write(to: store)
        try expectNothingReadable("open")
        // Sealed first, then compressed.
        try await store.finishRecoding()
        try await store.recode(steps: 1)
        try await store.finishRecoding()
        let items = try await Self.items(store)
        #expect(items.count == 40 && items.allSatisfy { $0.content.issue.hasPrefix("Zanzibarissue") })
        #expect(
            try await store.find("Zanzibarissue 7", strategy: .lexical, topK: 1).results.first?.item.content.issue
                == "Zanzibarissue 7")
        try expectNothingReadable("recoded")
        await store.close()
        try expectNothingReadable("closed")
        let again = try await ColdFixture.open(directory.path, keyRing: ring)
        #expect(try await Self.items(again) == items)
        #expect(again.textRecoding == nil)
        await again.close()
    }

    @Test("Sealing a store that was not leaves no word of before in any file, and changes nothing else")
    func sealing() async throws {
        let plain = try await ColdFixture.open(directory.path, dictionaryItems: 16)
        try await write(to: plain)
        try await plain.recode(steps: 4)
        let (items, number, secret) = (try await Self.items(plain), plain.changeNumber, plain.fingerprintSecret)
        let found = try await plain.find("Zanzibarissue service 9", strategy: .hybrid, topK: 20).results
        await plain.close()
        #expect(try bytes.files(with: "zanzibar") != [])
        let store = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1), dictionaryItems: 16)
        #expect(store.textRecoding?.work == .sealing)
        #expect(try await Self.items(store) == items)
        try await store.finishRecoding()
        try expectNothingReadable("open")
        #expect(try bytes.files(with: Data(secret)) == [])
        #expect(try await Self.items(store) == items)
        #expect(try await store.find("Zanzibarissue service 9", strategy: .hybrid, topK: 20).results == found)
        #expect(store.changeNumber == number && store.fingerprintSecret != secret)
        // Found by its issue still, not made a second time.
        #expect(try await store.put(ColdFixture.put("Zanzibarissue 1", "anew")).version == 2)
        await store.close()
        try expectNothingReadable("closed")
    }

    @Test("After a change of keys the old one opens nothing, and nothing that it sealed is left")
    func rekeying() async throws {
        let store = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1), dictionaryItems: 16)
        try await write(to: store)
        // Sealed first, then compressed.
        try await store.finishRecoding()
        try await store.recode(steps: 1)
        try await store.finishRecoding()
        let items = try await Self.items(store)
        await #expect(throws: ColdError.self) { try await store.rekey(try #require(ColdFixture.ring(2))) }
        let before = try #require(store.sealingKey)
        try await store.rekey(try #require(ColdFixture.ring(2, old: 1)))
        #expect(store.textRecoding?.work == .rekeying && store.sealingKey != before)
        _ = try await store.put(ColdFixture.put("Zanzibarissue 1", "while it goes on"))
        try await store.finishRecoding()
        await store.close()
        // Each of its envelopes names the key.
        let id = withUnsafeBytes(of: before.rawValue.bigEndian) { Data($0) }
        #expect(try bytes.files(with: id) == [])
        await #expect(throws: ColdError.keysMissing(file: file, keys: [try #require(ColdFixture.ring(2)).current.id])) {
            try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
        }
        let again = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(2))
        #expect(again.textRecoding == nil)
        #expect(try await Self.items(again).count == items.count)
        #expect(try await again.item(ItemID(3), tenant: .default) == items.first { $0.id == ItemID(3) })
        await again.close()
    }

    @Test("Without its key, or by another, a store is not opened, and not a byte of it is changed")
    func refusedKeys() async throws {
        let right = try #require(ColdFixture.ring(1))
        let store = try await ColdFixture.open(directory.path, keyRing: right)
        try await write(to: store, count: 4)
        try await store.finishRecoding()
        await store.close()
        let before = FileManager.default.contents(atPath: file)
        for ring in [nil, ColdFixture.ring(2), ColdFixture.ring(3, old: 2)] {
            let error = await #expect(throws: ColdError.keysMissing(file: file, keys: [right.current.id])) {
                try await ColdFixture.open(directory.path, keyRing: ring)
            }
            #expect(error.map { "\($0)".contains("\n") } == false)
        }
        #expect(FileManager.default.contents(atPath: file) == before)
        // The key by its name, but not what it sealed.
        try await bytes.execute("UPDATE meta SET value = zeroblob(length(value)) WHERE key = 'sealed_secrets'")
        await #expect(throws: ColdError.sealDamaged(file: file)) {
            try await ColdFixture.open(directory.path, keyRing: right)
        }
    }

    @Test("A store that was given another UUID, as a restore does, opens by its key all the same")
    func restored() async throws {
        let ring = ColdFixture.ring(1)
        let store = try await ColdFixture.open(directory.path, keyRing: ring, dictionaryItems: 16)
        try await write(to: store)
        // Sealed first, then compressed.
        try await store.finishRecoding()
        try await store.recode(steps: 1)
        try await store.finishRecoding()
        let items = try await Self.items(store)
        await store.close()
        try await bytes.execute("UPDATE meta SET value = 'another' WHERE key = 'store_id'")
        let again = try await ColdFixture.open(directory.path, keyRing: ring)
        #expect(again.storeID == "another")
        #expect(try await Self.items(again) == items)
        await again.close()
        await #expect(throws: ColdError.self) { try await ColdFixture.open(directory.path) }
    }

    @Test("While a change of keys is unfinished both keys are needed; then it goes on to a third as well")
    func unfinished() async throws {
        let store = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
        try await write(to: store, count: 10)
        try await store.finishRecoding()
        let items = try await Self.items(store)
        try await store.rekey(try #require(ColdFixture.ring(2, old: 1)))
        await store.close()
        let keys = try #require(ColdFixture.ring(2, old: 1)).keys.map(\.id)
        await #expect(throws: ColdError.keysMissing(file: file, keys: [keys[1]])) {
            try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(2))
        }
        let third = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(3, old: 1, 2))
        #expect(third.textRecoding?.work == .rekeying)
        #expect(try await Self.items(third) == items)
        try await third.finishRecoding()
        await third.close()
        let again = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(3))
        #expect(try await Self.items(again) == items)
        await again.close()
    }

    @Test(
        "What was altered, or moved from another field, item, version or tenant, or is not sealed, is never handed out")
    func forgeries() async throws {
        let store = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
        let other = try #require(Tenant("other"))
        let victim = try await store.put(ColdFixture.put("disk full", "remove old logs"))
        _ = try await store.put(ColdFixture.put("disk quota", "remove the quota"))
        _ = try await store.put(ColdFixture.put("disk full", "secret of another tenant", tenant: other))
        _ = try await store.put(ColdFixture.put("printer jams", "open it"))
        try await store.finishRecoding()
        await store.close()
        let resolution = try await bytes.value("resolution", of: 1)
        var altered = resolution
        altered[altered.count / 2] ^= 1
        var cut = resolution
        cut.removeLast()
        let forgeries = [
            altered, cut, try await bytes.value("issue", of: 1), try await bytes.value("resolution", of: 2),
            try await bytes.value("resolution", of: 3), Data([0]) + Data("plain".utf8), Data(), Data([2, 1]),
        ]
        for (number, forgery) in forgeries.enumerated() {
            try await bytes.set("resolution", of: 1, to: forgery)
            let store = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
            await #expect(throws: ColdError.self, "\(number)") { try await store.item(victim.id, tenant: .default) }
            await #expect(throws: ColdError.self, "\(number)") { try await store.find("disk full", strategy: .vector) }
            await #expect(throws: ColdError.self, "\(number)") { try await store.find("disk full", strategy: .lexical) }
            #expect(store.statistics().refusedTexts >= 3)
            // Others are answered as ever.
            #expect(try await store.find("printer jams", strategy: .lexical, topK: 1).results.count == 1)
            await store.close()
        }
        // As SQLite's text, and an older version of itself.
        try await bytes.execute("UPDATE item SET resolution = 'plain' WHERE id = 1")
        let plain = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
        await #expect(throws: ColdError.self) { try await plain.item(victim.id, tenant: .default) }
        // It heals with a write, and can be deleted.
        #expect(try await plain.put(ColdFixture.put("disk full", "whole again")).version == 2)
        #expect(try await plain.history(of: victim.id, tenant: .default) == [])
        await plain.close()
        try await bytes.set("resolution", of: 1, to: resolution)
        let replayed = try await ColdFixture.open(directory.path, keyRing: ColdFixture.ring(1))
        await #expect(throws: ColdError.self) { try await replayed.item(victim.id, tenant: .default) }
        let outcomes = try await replayed.write([.delete(id: victim.id, tenant: .default, expectedVersion: 2)])
        #expect(outcomes == [.deleted(victim.id)])
        await replayed.close()
    }
}
