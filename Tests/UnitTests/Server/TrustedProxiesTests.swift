import HTTPTypes
import Server
import Testing

@Suite("Whose address counts")
struct TrustedProxiesTests {
    private func client(_ peer: String?, _ forwarded: String..., trusting ranges: String...) throws -> String {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        for value in forwarded { headers.append(HTTPField(name: name, value: value)) }
        return TrustedProxies(try ranges.map { try #require(AddressRange($0)) }).client(headers, peer: peer)
    }

    @Test("Nobody is believed who is not trusted")
    func untrusted() throws {
        #expect(try client("192.0.2.1", "198.51.100.7") == "192.0.2.1")
        #expect(try client("192.0.2.1", "198.51.100.7", trusting: "10.0.0.0/8") == "192.0.2.1")
        #expect(try client(nil) == "unknown")
    }

    @Test("Of what a trusted proxy passes on, the last address counts that is not trusted")
    func trusted() throws {
        #expect(try client("10.1.2.3", "198.51.100.7", trusting: "10.0.0.0/8") == "198.51.100.7")
        #expect(try client("10.1.2.3", "1.2.3.4, 198.51.100.7", trusting: "10.0.0.0/8") == "198.51.100.7")
        #expect(
            try client("10.1.2.3", "1.2.3.4", "198.51.100.7 , 10.9.9.9", trusting: "10.0.0.0/8") == "198.51.100.7")
        #expect(try client("10.1.2.3", "nonsense", trusting: "10.0.0.0/8") == "10.1.2.3")
        #expect(try client("10.1.2.3", "nonsense, 10.4.4.4", trusting: "10.0.0.0/8") == "10.4.4.4")
        #expect(try client("10.1.2.3", trusting: "10.0.0.0/8") == "10.1.2.3")
    }

    @Test("An IPv6 customer is one, whichever of its addresses it takes; IPv4 in IPv6 is IPv4")
    func version6() throws {
        #expect(try client("2001:db8:1:2:3:4:5:6") == client("2001:db8:1:2:ffff::1"))
        #expect(try client("2001:db8:1:2::1") != client("2001:db8:1:3::1"))
        #expect(try client("::ffff:192.0.2.1") == "192.0.2.1")
        #expect(try client("::1", "198.51.100.7", trusting: "::1") == "198.51.100.7")
        #expect(try client("fd00::1", "198.51.100.7", trusting: "fd00::/8") == "198.51.100.7")
    }

    @Test(
        "What is no range is refused",
        arguments: ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "host", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.0/-1"])
    func malformed(text: String) {
        #expect(AddressRange(text) == nil)
    }
}
