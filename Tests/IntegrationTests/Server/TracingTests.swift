import Foundation
import Hummingbird
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite("Spans")
struct TracingTests {
    /// A collector of spans that keeps the bodies it gets.
    private final class Collector: Sendable {
        let bodies = Mutex<[Data]>([])

        var spans: [[String: Any]] {
            bodies.withLock { $0 }.flatMap { body -> [[String: Any]] in
                let root = (try? JSONSerialization.jsonObject(with: body)) as? [String: Any]
                let resources = root?["resourceSpans"] as? [[String: Any]] ?? []
                return resources.flatMap { resource in
                    (resource["scopeSpans"] as? [[String: Any]] ?? []).flatMap { $0["spans"] as? [[String: Any]] ?? [] }
                }
            }
        }

        func serving(_ body: (String) async throws -> Void) async throws {
            let router = Router()
            router.post("/v1/traces") { [self] request, _ in
                let bytes = try await request.body.collect(upTo: 1 << 20)
                bodies.withLock { $0.append(Data(bytes.readableBytesView)) }
                return "{}"
            }
            let (ports, port) = AsyncStream<Int>.makeStream()
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
            try await withThrowingTaskGroup { group in
                group.addTask { try await application.runService(gracefulShutdownSignals: []) }
                var iterator = ports.makeAsyncIterator()
                let number = try #require(await iterator.next())
                try await body("http://127.0.0.1:\(number)")
                group.cancelAll()
            }
        }
    }

    @Test("A request is a span of its caller's trace, and each step of its look-up one within it")
    func steps() async throws {
        let trace = "0af7651916cd43dd8448eb211c80319c"
        let caller = "b7ad6b7169203331"
        let collector = Collector()
        try await collector.serving { url in
            try await ServerUnderTest.serving(
                environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": url, "TRACE_SHARE": "0"]
            ) { server in
                let body = #"{"text":"npm install hangs"}"#
                let reply = try await server.send(
                    "POST", "/api/v1/troubleshoot", body: body,
                    headers: [("traceparent", "00-\(trace)-\(caller)-01"), ("x-request-id", "asked-1")])
                #expect(reply.status == 200)
                // Not sampled: by its caller, and by the share.
                _ = try await server.send(
                    "POST", "/api/v1/troubleshoot", body: body,
                    headers: [("traceparent", "00-\(trace)-\(caller)-00")])
                _ = try await server.ask("npm install hangs")
                let deadline = ContinuousClock.now + .seconds(10)
                while collector.spans.isEmpty, .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
            }
        }
        let spans = collector.spans
        #expect(spans.allSatisfy { $0["traceId"] as? String == trace })
        let request = try #require(spans.first { $0["parentSpanId"] as? String == caller })
        #expect(request["name"] as? String == "POST /api/v1/troubleshoot")
        #expect(spans.filter { $0["parentSpanId"] as? String == caller }.count == 1)
        let steps = spans.filter { $0["parentSpanId"] as? String == request["spanId"] as? String }
        let names = steps.compactMap { $0["name"] as? String }
        #expect(names.contains("fingerprint") && names.contains("cold.search"), "\(names)")
        func nanoseconds(_ span: [String: Any], _ key: String) -> UInt64 {
            (span[key] as? String).flatMap(UInt64.init) ?? 0
        }
        for step in steps {
            #expect(nanoseconds(step, "startTimeUnixNano") >= nanoseconds(request, "startTimeUnixNano"))
            #expect(nanoseconds(step, "endTimeUnixNano") <= nanoseconds(request, "endTimeUnixNano"))
        }
    }
}
