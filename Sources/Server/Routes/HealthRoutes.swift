import ColdTier
import Foundation
import HTTPTypes
import Hummingbird
import Knowledge
import Pipeline

/// `/health` for people and dashboards, `/health/live` and `/health/ready` for probes.
struct HealthRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.get, "/health", for: .reader, alsoWithoutPrefix: true, isProbe: true, health)
        routes.on(.get, "/health/live", for: .anyone, alsoWithoutPrefix: true, isProbe: true, at: .eventLoop, live)
        routes.on(.get, "/health/ready", for: .anyone, alsoWithoutPrefix: true, isProbe: true, at: .eventLoop, ready)
    }

    @Sendable private func health(_ request: Request, _ context: CallContext) async throws -> Response {
        let found = await parts.health(for: context.caller)
        let overall = found.overall
        let now = parts.stack.time.now()
        return .json(overall == .unhealthy ? .serviceUnavailable : .ok) { json in
            json.member("overall_status", overall.rawValue)
            found.write(to: &json, "components")
            json.object("api") { json in
                json.member("status", PartHealth.Status.healthy.rawValue)
                json.member("active_training_jobs", 0)
                if let certificate = parts.front.certificate?.status {
                    json.object("tls") { json in
                        json.member("certificate_expires_at", Timestamp(certificate.expiresAt).rfc3339)
                        if certificate.problem != nil {
                            json.member("problem", "the one on disk cannot be used; the server's log says why")
                        }
                    }
                }
            }
            if let note = BackupReport(parts: parts).note {
                json.array("notes") { $0.element(note) }
            }
            json.member("timestamp", now.rfc3339)
        }
    }

    /// The process answers.
    @Sendable private func live(_ request: Request, _ context: CallContext) async throws -> Response {
        .json { $0.member("status", "live") }
    }

    /// Questions can be answered: the index was loaded before the port was opened, so what is left to ask is
    /// whether the knowledge can be read, and whether the server is on its way out.
    @Sendable private func ready(_ request: Request, _ context: CallContext) async throws -> Response {
        guard !parts.inFlight.isClosed else { throw ContractError.shuttingDown }
        guard await parts.stack.cold.check().isReadable else {
            throw ContractError.unavailable("STORAGE_UNAVAILABLE", "The knowledge cannot be read at the moment")
        }
        return .json { $0.member("status", "ready") }
    }
}

extension [PartHealth] {
    func write(to json: inout JSONWriter, _ name: StaticString) {
        json.object(name) { json in
            for health in self {
                json.object(named: health.part.rawValue) { json in
                    json.member("status", health.status.rawValue)
                    json.member("response_time_ms", health.responseMilliseconds, decimals: 3)
                    if let count = health.itemCount { json.member("item_count", count) }
                    if let reason = health.toldReason { json.member("reason", reason) }
                    health.recoding?.write(to: &json, "recoding")
                    if let progress = health.reembedding {
                        json.object("reembedding") { json in
                            json.member("encoder", progress.encoder.name)
                            json.member("done", progress.done)
                            json.member("total", progress.total)
                            if progress.problem != nil {
                                json.member("problem", "it is put off and tried again; the server's log says why")
                            }
                        }
                    }
                }
            }
        }
    }
}

extension Timestamp {
    fileprivate init(_ date: Date) { self.init(milliseconds: Int64(date.timeIntervalSince1970 * 1_000)) }
}

extension TextRecodingProgress {
    func write(to json: inout JSONWriter, _ name: StaticString) {
        json.object(name) { json in
            json.member("work", work.rawValue)
            json.member("phase", phase)
            json.member("done", done)
            json.member("total", total)
            if problem != nil { json.member("problem", "it is put off and tried again; the server's log says why") }
        }
    }
}
