import TestSupport
import Testing
import ThermoclineClient

/// The client against a server that fails on demand.
@Suite("The client where things go wrong") struct ClientRetryTests {
    private static let answer = """
        {"query":"q","results":[],"message":"nothing","search_time_ms":0.1,"routing_info":{"tier_used":"no_results",\
        "match":"search","reason":"r","placed_in":"cold_storage","access_count":1,"coalesced":false,"degraded":[],\
        "total_items_searched":0}}
        """
    private static let stored = #"{"id":"7","version":2}"#
    private static func refusal(_ status: Int, retryAfter: Int? = nil) -> FaultServer.Act {
        .reply(
            status: status,
            body: """
                {"detail":"busy","error":{"code":"OVERLOADED","message":"busy","details":{},"request_id":"r-1"}}
                """,
            headers: retryAfter.map { ["Retry-After": "\($0)"] } ?? [:])
    }

    /// Runs `body` with a client of a server that does `acts`; returns what the server received.
    @discardableResult
    private func serving(
        _ acts: [FaultServer.Act], options: ClientOptions = ClientOptions(firstPause: .milliseconds(5)),
        _ body: (ThermoclineClient) async throws -> Void
    ) async throws -> [FaultServer.Received] {
        let server = try await FaultServer(acts)
        try await ThermoclineClient.withClient(url: server.url, apiKey: "tc_a_b", options: options, body)
        await server.stop()
        return server.received
    }

    private func failure<Value>(_ body: () async throws(ClientError) -> Value) async -> ClientError? {
        do throws(ClientError) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("A question is asked again when the server says, not before, with the same text and key")
    func retryAfter() async throws {
        let received = try await serving([Self.refusal(429, retryAfter: 1), .reply(status: 200, body: Self.answer)]) {
            let answer = try await $0.ask("why?")
            #expect(answer.message == "nothing")
        }
        try #require(received.count == 2)
        #expect(received[1].at - received[0].at >= .seconds(1))
        #expect(received.allSatisfy { $0.body == #"{"text":"why?"}"# && $0.headers["x-api-key"] == "tc_a_b" })
    }

    @Test("A server that asks for more patience than the deadline has is not waited for")
    func tooLong() async throws {
        let start = ContinuousClock.now
        let received = try await serving([Self.refusal(503, retryAfter: 3_600)]) { client in
            let error = await failure { () async throws(ClientError) in try await client.ask("why?") }
            let refusal = try #require(error?.refusal)
            #expect(refusal.status == 503 && refusal.code == "OVERLOADED" && refusal.requestID == "r-1")
            #expect(refusal.retryAfter == .seconds(3_600))
        }
        #expect(received.count == 1)
        #expect(.now - start < .seconds(10))
    }

    @Test("Attempts are counted")
    func attempts() async throws {
        let options = ClientOptions(attempts: 3, firstPause: .milliseconds(1))
        let received = try await serving([Self.refusal(503)], options: options) { client in
            #expect(await failure { () async throws(ClientError) in try await client.ask("why?") }?.refusal != nil)
        }
        #expect(received.count == 3)
    }

    @Test("A connection that breaks is tried again for a question, and for a write without a version")
    func brokenConnection() async throws {
        let asked = try await serving([.hangUp, .reply(status: 200, body: Self.answer)]) {
            _ = try await $0.ask("why?")
        }
        #expect(asked.count == 2)
        let draft = ThermoclineClient.ItemDraft(issue: "a", resolution: "b")
        let put = try await serving([.hangUp, .reply(status: 200, body: Self.stored)]) {
            let stored = try await $0.replace("7", with: draft)
            #expect(stored.version == 2)
        }
        #expect(put.map(\.method) == ["PUT", "PUT"])
        let deleted = try await serving([.hangUp, Self.refusal(404)]) { try await $0.delete("7") }
        #expect(deleted.count == 2)
    }

    @Test("A write that asks for a version is sent again after a refusal only: it may have been done")
    func conditionalWrite() async throws {
        let draft = ThermoclineClient.ItemDraft(issue: "a", resolution: "b")
        let broken = try await serving([.hangUp]) { client in
            let error = await failure { () async throws(ClientError) in
                try await client.replace("7", with: draft, ifVersion: 1)
            }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(broken.count == 1)
        let refused = try await serving([Self.refusal(503), .reply(status: 200, body: Self.stored)]) {
            let stored = try await $0.replace("7", with: draft, ifVersion: 1)
            #expect(stored.version == 2)
        }
        #expect(refused.map { $0.headers["if-match"] } == [#""1""#, #""1""#])
    }

    @Test("What will not become right is not sent again: a redirection neither, which would take the key along")
    func finalReplies() async throws {
        for act in [Self.refusal(422), Self.refusal(500), .reply(status: 307, headers: ["Location": "/elsewhere"])] {
            let received = try await serving([act]) { client in
                #expect(await failure { () async throws(ClientError) in try await client.ask("why?") }?.refusal != nil)
            }
            #expect(received.count == 1)
        }
    }

    @Test("A call ends at its deadline, whatever the server does, and at once when its task is cancelled")
    func deadlines() async throws {
        let start = ContinuousClock.now
        try await serving([.silence], options: ClientOptions(deadline: .milliseconds(200))) { client in
            #expect(
                await failure { () async throws(ClientError) in try await client.ask("why?") } == .deadlineExceeded)
        }
        try await serving([.silence]) { client in
            let task = Task { await failure { () async throws(ClientError) in try await client.ask("why?") } }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
            #expect(await task.value == .cancelled)
        }
        #expect(.now - start < .seconds(10))
    }

    @Test("An export that is broken off does not look like a whole one")
    func brokenExport() async throws {
        let line = """
            {"id":"1","version":1,"issue":"a","resolution":"b","category":"c","tags":[],\
            "created_at":"2026-01-31T12:00:00.000Z","updated_at":"2026-01-31T12:00:00.000Z"}

            """
        try await serving([.breakOff(after: line)]) { client in
            var count = 0
            await #expect(throws: ClientError.self) {
                for try await item in try await client.export().items { count += item.issue == "a" ? 1 : 0 }
            }
            #expect(count == 1)
        }
    }

    @Test("URLs and keys that cannot be meant are refused before anything is sent")
    func unusable() {
        for url in ["", "localhost:8000", "ftp://host", "http://", "http://u:p@host", "http://host/?q=1"] {
            #expect(throws: ClientError.self) { try ThermoclineClient(url: url) }
        }
        for key in ["", "a b", "a\r\nx: y", "ключ"] {
            #expect(throws: ClientError.self) { try ThermoclineClient(url: "http://host", apiKey: key) }
        }
    }
}
