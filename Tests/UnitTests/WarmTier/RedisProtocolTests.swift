import Testing
import WarmTier

@Suite("The protocol of Redis")
struct RedisProtocolTests {
    @Test("A command is written with the length of each argument, whatever bytes are in it")
    func writesCommand() {
        var command = RedisCommand("SET", "ключ", "")
        command.append([0, 13, 10, 255])
        var bytes: [UInt8] = []
        #expect(command.encode(into: &bytes))
        let expected =
            [UInt8]("*4\r\n$3\r\nSET\r\n$8\r\nключ\r\n$0\r\n\r\n$4\r\n".utf8) + [0, 13, 10, 255]
            + [UInt8]("\r\n".utf8)
        #expect(bytes == expected)
    }

    @Test("Replies are the same whichever way their bytes are cut")
    func readsInPieces() throws {
        let stream = [UInt8](
            "+OK\r\n:-42\r\n$-1\r\n$5\r\na\r\nbc\r\n*3\r\n:1\r\n*-1\r\n*1\r\n$0\r\n\r\n-OOM no\r\n".utf8)
        let expected: [RedisReply] = [
            .status("OK"), .integer(-42), .null, .string([UInt8]("a\r\nbc".utf8)),
            .array([.integer(1), .null, .array([.string([])])]), .error(RedisRefusal(text: "OOM no")),
        ]
        for size in 1...stream.count {
            let reader = try #require(RedisReplyReader())
            var replies: [RedisReply] = []
            for start in stride(from: 0, to: stream.count, by: size) {
                try feed(reader, stream[start..<min(start + size, stream.count)])
                while let reply = try reader.next() { replies.append(reply) }
            }
            #expect(replies == expected, "in pieces of \(size)")
        }
    }

    @Test("What is not the protocol is an error")
    func refusesOtherProtocols() throws {
        let reader = try #require(RedisReplyReader())
        try feed(reader, ArraySlice("HTTP/1.1 400 Bad Request\r\n".utf8))
        #expect(throws: RedisProtocolError.self) { try reader.next() }
    }

    @Test("A reply that does not end is given up before it fills the memory")
    func boundsReply() throws {
        let reader = try #require(RedisReplyReader())
        try feed(reader, ArraySlice("$400000000\r\n".utf8))
        let piece = ArraySlice([UInt8](repeating: 120, count: 1 << 20))
        let error = #expect(throws: RedisProtocolError.self) {
            for _ in 0..<64 {
                try feed(reader, piece)
                #expect(try reader.next() == nil)
            }
        }
        #expect(error?.description.contains("exceeds") == true)
    }

    @Test(
        "Error replies are sorted by what the operator should do",
        arguments: [
            ("OOM command not allowed when used memory > 'maxmemory'.", RedisRefusal.Kind.outOfMemory),
            ("ERR Error running script (call to f_1): @user_script:1: OOM command not allowed", .outOfMemory),
            ("READONLY You can't write against a read only replica.", .readOnly),
            ("NOAUTH Authentication required.", .notSignedIn),
            ("WRONGPASS invalid username-password pair or user is disabled.", .notSignedIn),
            ("ERR invalid password", .notSignedIn),
            ("LOADING Redis is loading the dataset in memory", .loading),
            ("MOVED 3999 127.0.0.1:6381", .moved),
            ("BUSY Redis is busy running a script.", .busy),
            ("NOPERM this user has no permissions", .notPermitted),
            ("MISCONF Redis is configured to save RDB snapshots", .cannotPersist),
            ("MASTERDOWN Link with MASTER is down", .primaryDown),
            ("NOSCRIPT No matching script.", .noSuchScript),
            ("WRONGTYPE Operation against a key", .wrongType),
            ("ERR unknown command", .other),
        ])
    func sortsRefusals(text: String, kind: RedisRefusal.Kind) {
        let refusal = RedisRefusal(text: text)
        #expect(refusal.kind == kind)
        #expect(refusal.description.contains(text.prefix(20)))
    }

    private func feed(_ reader: RedisReplyReader, _ bytes: ArraySlice<UInt8>) throws {
        try bytes.withUnsafeBytes { try reader.feed($0) }
    }
}
