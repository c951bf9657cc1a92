import Knowledge
import Testing
import WarmTier

@Suite("The keys of the warm tier")
struct WarmKeyspaceTests {
    private let fingerprint = Fingerprint(high: 1, low: 0xAB)

    @Test("A key names product, codec version, store, encoder, tenant and fingerprint")
    func namesAll() {
        let keyspace = WarmKeyspace(storeID: "6f1c-22", encoder: "00ff")
        #expect(
            keyspace.key(fingerprint, tenant: .default)
                == "thermocline:3:{6f1c-22}:00ff:default:a:000000000000000100000000000000ab")
        #expect(keyspace.recency == "thermocline:3:{6f1c-22}:00ff:recency")
        #expect(keyspace.answers(of: nil) == "thermocline:3:{6f1c-22}:00ff:*:a:*")
        #expect(keyspace.answers(of: .default) == "thermocline:3:{6f1c-22}:00ff:default:a:*")
    }

    @Test("A member is read back, and nothing else is")
    func parsesMembers() throws {
        let keyspace = WarmKeyspace(storeID: "s", encoder: "")
        let tenant = try #require(Tenant("acme"))
        let parsed = try #require(keyspace.parse(member: keyspace.member(fingerprint, tenant: tenant)))
        #expect(parsed == (tenant, fingerprint))
        for other in [
            "", "acme", "acme:a:", "acme:b:000000000000000100000000000000ab", "a:a:1:2", "A:a:\(fingerprint)",
        ] {
            #expect(keyspace.parse(member: other) == nil)
        }
    }

    @Test("Nothing in a store's or encoder's name can act as a separator, a hash tag or a glob")
    func quotes() {
        let keyspace = WarmKeyspace(storeID: "a}:*{", encoder: "é[?")
        #expect(keyspace.prefix == "thermocline:3:{a%7D%3A%2A%7B}:%C3%A9%5B%3F:")
    }

    @Test("A cursor is read back from its text")
    func cursor() throws {
        let cursor = try #require(WarmCursor("17~c0ffee"))
        #expect(cursor.description == "17~c0ffee")
        #expect(!WarmCursor(recencyMicroseconds: 17, member: "default:a:00").description.contains("default"))
        #expect(WarmCursor("x~y") == nil)
        #expect(WarmCursor("17") == nil)
        #expect(WarmCursor("-1~a") == nil)
        #expect(WarmCursor("17~default:a:00") == nil)
    }
}
