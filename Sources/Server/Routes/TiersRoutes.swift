import HotTier
import Hummingbird
import Knowledge
import Pipeline

/// `GET /tiers`: size, look-ups and durations of each tier, over several windows.
struct TiersRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.get, "/tiers", for: .admin, tiers)
    }

    @Sendable private func tiers(_ request: Request, _ context: CallContext) async throws -> Response {
        let visible = context.caller.visibleTenant
        let readings = await readings(of: visible)
        let windows = CounterSampler.Window.allCases.map { window in
            (
                window,
                visible.map { parts.tenantSampler.counts(over: window, of: $0) } ?? parts.sampler.counts(over: window)
            )
        }
        return .json(reserving: 4_096) { json in
            for reading in readings {
                json.object(named: reading.shortName) { json in
                    Self.write(reading, to: &json)
                    if reading.tier == .hot { writeKept(to: &json, for: visible) }
                    json.object("windows") { json in
                        for (window, counts) in windows {
                            let recent = counts.now.of(reading.tier).since(counts.before.of(reading.tier))
                            json.object(named: window.rawValue) { Self.write(recent, to: &$0) }
                        }
                        json.object("since_start") { Self.write(reading.counts, to: &$0) }
                    }
                }
            }
        }
    }

    /// - Parameter tenant: `nil` for all together.
    private func readings(of tenant: Tenant?) async -> [TierReading] {
        let capacity = parts.settings.warmCacheSize
        guard let tenant else { return await parts.stack.readings(warmCapacity: capacity) }
        return parts.stack.readings(of: tenant, warmCapacity: capacity)
    }

    /// What hot keeps whatever comes: pins, and the snapshot for the next start, which is everyone's.
    private func writeKept(to json: inout JSONWriter, for tenant: Tenant?) {
        let hot = parts.stack.hot
        json.object("pins") { json in
            json.member("count", tenant.map { hot.pins(tenant: $0).count } ?? hot.pinCount)
            json.member("maximum", hot.maximumPins)
        }
        guard tenant == nil else { return }
        let status = parts.snapshots.status
        json.object("snapshot") { json in
            if let savedAt = status.savedAt { json.member("saved_at", savedAt.rfc3339) } else { json.null("saved_at") }
            json.member("bytes", status.byteCount)
            json.member("answers", status.answerCount)
            json.member("restored_answers", status.restoredAnswers)
            // The reasons themselves name files, and are in the log.
            if status.failure != nil {
                json.member("problem", "it cannot be written at the moment; the server's log says why")
            } else if status.refusal != nil {
                json.member("problem", "nothing was taken back at the start; the server's log says why")
            }
        }
    }

    private static func write(_ reading: TierReading, to json: inout JSONWriter) {
        json.member("name", reading.tier.rawValue)
        write("size", reading.size, to: &json)
        write("capacity", reading.capacity, to: &json)
        write("bytes", reading.bytes, to: &json)
        write("maximum_bytes", reading.maximumBytes, to: &json)
        write(reading.counts, to: &json)
        write("admissions", reading.admissions.map { Int(clamping: $0) }, to: &json)
        write("evictions", reading.evictions.map { Int(clamping: $0) }, to: &json)
        write("expirations", reading.expirations.map { Int(clamping: $0) }, to: &json)
        write("invalidations", reading.invalidations.map { Int(clamping: $0) }, to: &json)
        json.member("p50_ms", reading.latency.quantileMilliseconds(0.5) ?? 0, decimals: 3)
        json.member("p95_ms", reading.latency.quantileMilliseconds(0.95) ?? 0, decimals: 3)
        json.member("p99_ms", reading.latency.quantileMilliseconds(0.99) ?? 0, decimals: 3)
    }

    private static func write(_ counts: TierCounts, to json: inout JSONWriter) {
        json.member("hits", Int(clamping: counts.hits))
        json.member("misses", Int(clamping: counts.misses))
        json.member("hit_rate", counts.hitPercent, decimals: 1)
    }

    private static func write(_ name: StaticString, _ value: Int?, to json: inout JSONWriter) {
        if let value { json.member(name, value) } else { json.null(name) }
    }
}

extension CountSample {
    fileprivate func of(_ tier: Tier) -> TierCounts {
        switch tier {
        case .hot: hot
        case .warm: warm
        case .cold: cold
        }
    }
}
