import Embedding
import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("An encoder behind EMBEDDINGS_URL")
struct RemoteEncoderTests {
    private func with(
        dimension: Int = 768, _ body: (EmbeddingsService, RemoteEncoder) async throws -> Void
    ) async throws {
        let service = try await EmbeddingsService(dimension: dimension)
        let encoder = try await RemoteEncoder.load(Self.endpoint(service))
        do {
            try await body(service, encoder)
        } catch {
            Issue.record(error)
        }
        await encoder.close()
        await service.stop()
    }

    private static func endpoint(_ service: EmbeddingsService, batchSize: Int = 16) -> RemoteEndpoint {
        RemoteEndpoint(
            url: service.url, model: "words", apiKey: "s3cret", timeout: .seconds(5), batchSize: batchSize)
    }

    @Test("learns the dimension, sends the key, and gives vectors of length 1", arguments: [384, 768])
    func vectors(dimension: Int) async throws {
        try await with(dimension: dimension) { service, encoder in
            #expect(encoder.identity.dimension == dimension)
            #expect(encoder.identity.name == "words")
            let vector = try await encoder.encode("disk is full")
            #expect(vector.count == dimension)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
            #expect(service.keys == ["Bearer s3cret"])
        }
    }

    @Test("splits a batch and puts the vectors back in order, whatever order they come in")
    func batches() async throws {
        try await with { service, encoder in
            let texts = (0..<50).map { "text number \($0)" }
            let together = try await encoder.encode(batch: texts)
            #expect(service.batches.dropFirst().map(\.count).sorted() == [2, 16, 16, 16])
            for (text, vector) in zip(texts, together) {
                let alone = try await encoder.encode(text)
                #expect(alone == vector)
            }
        }
    }

    @Test("tries again what may succeed later, as soon as the service asks for", arguments: [429, 500, 503])
    func retries(status: Int) async throws {
        try await with { service, encoder in
            service.set(.fails(status: status, times: 2, retryAfter: 0))
            _ = try await encoder.encode("again")
            #expect(service.batches.filter { $0 == ["again"] }.count == 3)
        }
    }

    @Test("does not repeat what is refused, and keeps the key and the service's words out of the message")
    func refusal() async throws {
        try await with { service, encoder in
            service.set(.fails(status: 401, times: 1))
            let error = await #expect(throws: EncoderError.self) { try await encoder.encode("private words") }
            guard case .remoteUnusable = error else {
                Issue.record("unexpected: \(String(describing: error))")
                return
            }
            #expect(error?.description.contains("401") == true)
            #expect(error?.description.contains("private words") == false)
            #expect(error?.description.contains("s3cret") == false)
            #expect(service.batches.filter { $0 == ["private words"] }.count == 1)
        }
    }

    @Test("refuses another dimension and nonsense")
    func unusable() async throws {
        try await with { service, encoder in
            for behaviour in [EmbeddingsService.Behaviour.answersWithDimension(12), .answersNonsense] {
                service.set(behaviour)
                let error = await #expect(throws: EncoderError.self) { try await encoder.encode("x") }
                guard case .remoteUnusable = error else {
                    Issue.record("unexpected: \(String(describing: error))")
                    continue
                }
            }
            service.set(.answers)
            _ = try await encoder.encode("x")
        }
    }

    @Test("spares questions the wait once it keeps failing, and says why")
    func pause() async throws {
        try await with { service, encoder in
            service.set(.fails(status: 400, times: 3))
            for _ in 0..<3 { await #expect(throws: EncoderError.self) { try await encoder.encode("x") } }
            let asked = service.batches.count
            let error = await #expect(throws: EncoderError.self) { try await encoder.encode("x") }
            #expect(error?.description.contains("status 400") == true)
            #expect(service.batches.count == asked)
        }
    }

    @Test("a service that is not there is an error that says so")
    func absent() async throws {
        let service = try await EmbeddingsService(dimension: 8)
        let endpoint = Self.endpoint(service)
        await service.stop()
        let error = await #expect(throws: EncoderError.self) { try await RemoteEncoder.load(endpoint) }
        guard case .remoteFailed(let url, _) = error else {
            Issue.record("unexpected: \(String(describing: error))")
            return
        }
        #expect(url == endpoint.url)
    }

    @Test("a whole server answers by it, by words while it is away, and by it again, in 768 dimensions")
    func server() async throws {
        let service = try await EmbeddingsService(dimension: 768)
        let environment = ["EMBEDDINGS_URL": service.url, "EMBEDDINGS_MODEL": "words"]
        try await ServerUnderTest.serving(environment: environment) { server in
            let item = #"{"issue":"disk quota exceeded on volume","resolution":"delete snapshots"}"#
            #expect(try await server.post("/api/v1/knowledge", item).status == 201)
            let answer = try await server.ask("quota exceeded on the disk").json
            let result = (answer["results"] as? [[String: Any]])?.first
            #expect(result?["score_basis"] as? String == "cosine")
            #expect((answer["routing_info"] as? [String: Any])?["embeddings"] as? String == "words")

            service.set(.fails(status: 400, times: 1))
            let degraded = try await server.ask("quota of the disk").json
            #expect((degraded["routing_info"] as? [String: Any])?["degraded"] as? [String] == ["encoder"])
            let again = try await server.ask("quota of a disk").json
            #expect((again["routing_info"] as? [String: Any])?["degraded"] as? [String] == [])
        }
        await service.stop()
    }

    @Test(
        "an address is http or https with a host and nothing secret",
        arguments: [
            ("http://host:8080/v1/embeddings", true), ("https://host", true), ("ftp://host", false), ("host", false),
            ("http://", false), ("http://user:s3cret@host", false), ("http://host?key=s3cret", false),
        ])
    func addresses(url: String, isValid: Bool) {
        #expect(RemoteEndpoint.isValid(url: url) == isValid)
        let endpoint = RemoteEndpoint(url: "https://host", model: "m", apiKey: nil, timeout: .seconds(1), batchSize: 1)
        #expect(endpoint.url == "https://host/v1/embeddings")
    }
}
