import Testing
import WarmTier

@Suite("The address of Redis")
struct RedisAddressTests {
    @Test("A URL over TCP is read with its parts and defaults")
    func readsTCP() throws {
        #expect(try RedisAddress(url: "redis://localhost") == address(host: "localhost", port: 6379))
        #expect(try RedisAddress(url: "redis://10.0.0.1:7000/3") == address(host: "10.0.0.1", port: 7000, database: 3))
        #expect(try RedisAddress(url: "redis://h:1/?db=4") == address(host: "h", port: 1, database: 4))
        #expect(try RedisAddress(url: "redis://[::1]:6380/0") == address(host: "::1", port: 6380))
        #expect(
            try RedisAddress(url: "redis://:p%40ss@h:1/2")
                == address(host: "h", port: 1, password: "p@ss", database: 2))
        #expect(
            try RedisAddress(url: "redis://me:pass@h:1") == address(host: "h", port: 1, user: "me", password: "pass"))
    }

    @Test(
        "A URL of a unix socket is read in both spellings",
        arguments: ["unix:///run/redis/s.sock?db=2", "redis+unix:///run/redis/s.sock?db=2"])
    func readsUnixSocket(url: String) throws {
        #expect(
            try RedisAddress(url: url) == RedisAddress(endpoint: .unixSocket(path: "/run/redis/s.sock"), database: 2))
    }

    @Test("A password of a unix socket stands before the path or after it")
    func readsUnixPassword() throws {
        let expected = RedisAddress(endpoint: .unixSocket(path: "/s"), password: "secret")
        #expect(try RedisAddress(url: "unix://:secret@/s") == expected)
        #expect(try RedisAddress(url: "unix:///s?password=secret") == expected)
    }

    @Test(
        "A wrong URL is refused in one line that names what is allowed",
        arguments: [
            "", "localhost:6379", "http://h", "rediss://h:6379", "redis://", "redis://h:0", "redis://h:70000",
            "redis://h:1/x", "redis://h:1/-1", "unix://", "unix://relative/path", "unix:///s?db=two",
            "unix:///" + String(repeating: "x", count: 120),
        ])
    func refuses(url: String) {
        let error = #expect(throws: RedisAddressError.self) { try RedisAddress(url: url) }
        #expect(error?.description.contains("allowed: redis://") == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test("TLS is named as the reason when it is asked for")
    func namesTLS() {
        let error = #expect(throws: RedisAddressError.self) { try RedisAddress(url: "rediss://h") }
        #expect(error?.description.contains("TLS") == true)
    }

    @Test(
        "Neither a description nor an error shows the password",
        arguments: [
            "redis://me:hunter2@h:1/2", "redis://:hunter2@h:1/x", "rediss://:hunter2@h",
            "unix:///s?db=1&password=hunter2",
            "unix:///s?db=x&password=hunter2", "redis://:hunter2@@h:99999",
        ])
    func hidesPassword(url: String) {
        do {
            #expect(!(try RedisAddress(url: url)).description.contains("hunter2"))
        } catch {
            #expect(!error.description.contains("hunter2"))
        }
    }

    private func address(
        host: String, port: Int, user: String? = nil, password: String? = nil, database: Int = 0
    ) -> RedisAddress {
        RedisAddress(endpoint: .tcp(host: host, port: port), user: user, password: password, database: database)
    }
}
