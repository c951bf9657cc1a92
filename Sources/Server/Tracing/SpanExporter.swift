import AsyncHTTPClient
import Foundation
import Knowledge
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle
import Synchronization

/// Sends spans that have ended to a collector, by OTLP over HTTP in JSON, some seconds' worth at once.
///
/// A collector that is away or slow costs spans, never time: they wait in a bounded queue, and what finds no room is
/// dropped and counted. Source: OpenTelemetry Protocol 1.x, `POST /v1/traces`.
final class SpanExporter: Service {
    static let maximumWaiting = 4_096
    static let batchSize = 512
    static let interval = Duration.seconds(2)
    private static let timeout = TimeAmount.seconds(5)

    let exported = Counter()
    let dropped = Counter()
    private let url: String
    private let logger: Logger
    private let waiting = Mutex<[RecordedSpan.Record]>([])

    /// - Parameter endpoint: of the collector; `/v1/traces` is added as the standard says.
    init(endpoint: String, logger: Logger) {
        url = endpoint.hasSuffix("/") ? endpoint + "v1/traces" : endpoint + "/v1/traces"
        self.logger = logger
    }

    func take(_ span: RecordedSpan.Record) {
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < Self.maximumWaiting else { return false }
            waiting.append(span)
            return true
        }
        if !isTaken { dropped.add() }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                await sendAll()
            }
        }
        // What the last requests left.
        await sendAll()
    }

    private func sendAll() async {
        while true {
            let batch = waiting.withLock { waiting in
                defer { waiting.removeFirst(min(Self.batchSize, waiting.count)) }
                return Array(waiting.prefix(Self.batchSize))
            }
            guard !batch.isEmpty else { return }
            do {
                try await send(batch)
                exported.add(UInt64(batch.count))
            } catch {
                dropped.add(UInt64(batch.count))
                logger.warning("Spans were not taken by \(url): \(error)")
            }
        }
    }

    private func send(_ batch: [RecordedSpan.Record]) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: SpanBatch(spans: batch).json))
        let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
        guard (200..<300).contains(response.status.code) else {
            throw ExportRefused(status: Int(response.status.code))
        }
    }

    private struct ExportRefused: Error, CustomStringConvertible {
        let status: Int
        var description: String { "it answered \(status)" }
    }
}
