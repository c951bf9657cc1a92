import Foundation
import Knowledge
import TestSupport
import Testing

/// A server that is started with another encoder than the one its vectors are of.
@Suite("Starting with another encoder")
struct EncoderChangeTests {
    private static let itemCount = 100
    private static let question = "why is the printer on floor 7 offline"
    /// In an item of the second batch.
    private static let obstacle = "obstacle"

    private func fill(_ directory: TemporaryDirectory) async throws {
        let server = try await ServerUnderTest(directory: directory)
        let lines = (0..<Self.itemCount).map {
            #"{"issue":"printer on floor \#($0) is offline\#($0 == 90 ? " \(Self.obstacle)" : "")","resolution":"r\#($0)"}"#
        }
        let reply = try await server.send(
            "POST", "/api/v1/knowledge/bulk", body: lines.joined(separator: "\n"), contentType: "application/x-ndjson")
        #expect(reply.status == 200)
        try await server.stop()
    }

    private func environment(_ service: EmbeddingsService) -> [String: String] {
        ["EMBEDDINGS_URL": service.url, "EMBEDDINGS_MODEL": "coming-768"]
    }

    private func progress(_ server: ServerUnderTest) async throws -> (done: Int, total: Int)? {
        let json = try await server.get("/api/v1/health").json
        let components = json["components"] as? [String: Any]
        let encoder = components?["encoder"] as? [String: Any]
        guard let found = encoder?["reembedding"] as? [String: Any] else { return nil }
        #expect(found["encoder"] as? String == "coming-768")
        return (found["done"] as? Int ?? -1, found["total"] as? Int ?? -1)
    }

    /// Polls, for as long as a slow machine may take.
    private func wait(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("it did not come about")
    }

    /// The first result's issue, its basis, and the encoder's name.
    private func ask(_ server: ServerUnderTest, _ text: String) async throws -> [String] {
        let reply = try await server.ask(text, #""strategy":"vector","cache":"bypass""#)
        #expect(reply.status == 200)
        let first = (reply.json["results"] as? [[String: Any]])?.first
        let routing = reply.json["routing_info"] as? [String: Any]
        #expect(first?["similarity_score"] as? Double ?? 0 > 0)
        return [first?["issue"], first?["score_basis"], routing?["embeddings"]].map { $0 as? String ?? "" }
    }

    @Test("The old one answers until every item is embedded anew, over a restart, and then the new one does")
    func flip() async throws {
        let directory = try TemporaryDirectory()
        try await fill(directory)
        let service = try await EmbeddingsService(dimension: 768)
        service.set(.refuses(word: Self.obstacle))
        let item = "printer on floor 7 is offline"
        let old = [item, "cosine", "all-MiniLM-L6-v2"]

        var server = try await ServerUnderTest(environment: environment(service), directory: directory)
        try await wait { try await progress(server)?.done == 64 }
        #expect(try await progress(server)?.total == Self.itemCount)
        #expect(try await server.metric(#"thermocline_reembedding_items{state="waiting"}"#) == 36)
        #expect(try await ask(server, Self.question) == old)
        let stored = try await server.post(
            "/api/v1/knowledge", #"{"issue":"the coffee machine leaks","resolution":"tighten the valve"}"#)
        #expect(stored.status == 201)
        #expect(try await ask(server, "the coffee machine leaks")[0] == "the coffee machine leaks")
        try await server.stop()

        server = try await ServerUnderTest(environment: environment(service), directory: directory)
        #expect(try await ask(server, Self.question) == old)
        try await wait { try await progress(server)?.done == 64 }
        #expect(service.batches.filter { $0.contains { $0.hasPrefix("printer on floor 7 ") } }.count == 1)

        service.set(.answers)
        // Asked all the while: no question meets the other encoder's vectors, or none.
        try await wait {
            _ = try await ask(server, Self.question)
            return try await progress(server) == nil
        }
        #expect(try await ask(server, Self.question) == [item, "cosine", "coming-768"])
        #expect(try await ask(server, "the coffee machine leaks")[0] == "the coffee machine leaks")
        #expect(try await server.metric("thermocline_cold_items_without_vector") == 0)
        try await server.stop()

        server = try await ServerUnderTest(environment: environment(service), directory: directory)
        #expect(try await progress(server) == nil)
        #expect(try await ask(server, Self.question) == [item, "cosine", "coming-768"])
        try await server.stop()
        await service.stop()
    }

    @Test("An old one that cannot be had again leaves the items to be found by words until they are embedded")
    func oldOneGone() async throws {
        let directory = try TemporaryDirectory()
        let service = try await EmbeddingsService(dimension: 768)
        var server = try await ServerUnderTest(environment: environment(service), directory: directory)
        _ = try await server.post(
            "/api/v1/knowledge", #"{"issue":"the coffee machine leaks","resolution":"tighten the valve"}"#)
        #expect(try await ask(server, "the coffee machine leaks")[2] == "coming-768")
        try await server.stop()
        await service.stop()

        server = try await ServerUnderTest(directory: directory)
        #expect(try await progress(server) == nil)
        try await wait { try await server.metric("thermocline_cold_items_without_vector") == 0 }
        #expect(
            try await ask(server, "the coffee machine leaks")
                == ["the coffee machine leaks", "cosine", "all-MiniLM-L6-v2"])
        try await server.stop()
    }
}
