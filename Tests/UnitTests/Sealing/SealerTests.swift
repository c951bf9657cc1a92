import Foundation
import Sealing
import Testing

@Suite struct SealerTests {
    private static func key(_ byte: UInt8) throws -> SealingKey {
        try #require(SealingKey(bytes: Array(repeating: byte, count: SealingKey.byteCount)))
    }

    private static func sealer(_ byte: UInt8, old: [UInt8] = [], purpose: String = "texts") throws -> Sealer {
        Sealer(KeyRing(current: try key(byte), old: try old.map(key)), purpose: purpose)
    }

    private let context = SealContext("store", "tenant", "7", "issue")
    private let plain = Array("restart the daemon".utf8)

    @Test("What is sealed opens in its context, never reads as itself, and differs each time")
    func roundTrip() throws {
        let sealer = try Self.sealer(1)
        let sealed = try sealer.seal(plain, as: context)
        #expect(try sealer.open(sealed, as: context) == plain)
        #expect(sealed.count == plain.count + Sealer.overhead)
        #expect(Data(sealed).range(of: Data(plain)) == nil)
        #expect(try sealer.seal(plain, as: context) != sealed)
        #expect(try sealer.open(sealer.seal([UInt8](), as: context), as: context) == [])
    }

    @Test("Another context, key, or purpose does not open it, nor does it open once any byte is altered")
    func refusals() throws {
        let sealer = try Self.sealer(1)
        let sealed = try sealer.seal(plain, as: context)
        for other in [
            SealContext("store", "tenant", "8", "issue"), SealContext("store", "tenant", "7", "resolution"),
            SealContext("store", "tenant7", "issue"), SealContext("storetenant", "", "7", "issue"),
        ] {
            #expect(throws: SealError.broken) { try sealer.open(sealed, as: other) }
        }
        #expect(throws: SealError.unknownKey(sealer.keyID)) { try Self.sealer(2).open(sealed, as: context) }
        #expect(throws: SealError.broken) { try Self.sealer(1, purpose: "answers").open(sealed, as: context) }
        #expect(throws: SealError.notSealed) { try sealer.open(plain, as: context) }
        #expect(throws: SealError.notSealed) { try sealer.open([UInt8](), as: context) }
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: SealError.self) { try sealer.open(altered, as: context) }
        }
    }

    @Test("An old key still opens, the current one seals")
    func oldKeys() throws {
        let old = try Self.sealer(1)
        let both = try Self.sealer(2, old: [1])
        let sealed = try old.seal(plain, as: context)
        #expect(try both.open(sealed, as: context) == plain)
        #expect(Sealer.keyID(of: sealed) == old.keyID)
        #expect(Sealer.keyID(of: try both.seal(plain, as: context)) == both.keyID)
        #expect(both.keyID != old.keyID)
    }

    @Test("Keys are read from hexadecimal and base64, nothing else is a key, and none is ever shown")
    func keys() throws {
        let bytes = (0..<32).map { UInt8($0 * 8 + 3) }
        let key = try #require(SealingKey(bytes: bytes))
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let base64 = Data(bytes).base64EncodedString()
        for text in [hexadecimal, hexadecimal.uppercased(), base64, base64.replacingOccurrences(of: "=", with: "")] {
            #expect(SealingKey(text: text) == key)
        }
        for text in ["", "secret", String(hexadecimal.dropLast()), base64 + "AAAA", String(repeating: "g", count: 64)] {
            #expect(SealingKey(text: text) == nil)
        }
        var dumped = ""
        dump(KeyRing(current: key), to: &dumped)
        for shown in [dumped, "\(key)", String(reflecting: key), "\(KeyRing(current: key))"] {
            #expect(!shown.contains(hexadecimal) && !shown.contains("11, 19"))
            #expect(shown.contains(key.id.description) || shown.contains("\(key.id.rawValue)"))
        }
    }

    @Test("A file of keys may have comments, commas and lines; one bad part refuses it")
    func keyLists() throws {
        let (one, two) = (String(repeating: "01", count: 32), String(repeating: "02", count: 32))
        #expect(
            KeyRing.parse("# of May\n\(one)\n\n  # of March\n\(two), \(one)\n") == [
                try Self.key(1), try Self.key(2), try Self.key(1),
            ])
        #expect(KeyRing.parse("") == [])
        #expect(KeyRing.parse("\(one)\nshort") == nil)
        let ring = KeyRing(current: try Self.key(1), old: [try Self.key(2), try Self.key(1), try Self.key(2)])
        #expect(ring.old == [try Self.key(2)])
    }
}
