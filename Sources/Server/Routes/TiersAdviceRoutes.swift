import HotTier
import Hummingbird
import Knowledge
import Pipeline
import Routing

/// `GET /tiers/advice`: what other sizes of hot and warm would hit, and what to set.
struct TiersAdviceRoutes: Sendable {
    let parts: ServerParts

    func register(in routes: inout Routes) {
        // Sizes are the installation's, and measured by everyone's questions.
        routes.on(.get, "/tiers/advice", for: .operator, advice)
    }

    @Sendable private func advice(_ request: Request, _ context: CallContext) async throws -> Response {
        let curve = parts.stack.ghost.curve()
        let advice = TierAdvice(curve, present)
        return .json(reserving: 2_048) { json in
            json.object("hot") { Self.write(advice.hot, to: &$0) }
            json.object("warm") { Self.write(advice.warm, to: &$0) }
            json.member("questions", Int(curve.lookups))
            json.member("sampled_keys", curve.sampledKeys)
            json.member("sampling_rate", curve.samplingRate, decimals: 6)
        }
    }

    private var present: TierAdvice.Present {
        let hot = parts.stack.hot
        let counts = parts.sampler.counts(over: .oneHour)
        let hotCounts = counts.now.hot.since(counts.before.hot)
        let warmCounts = counts.now.warm.since(counts.before.warm)
        let lookups = hotCounts.hits + hotCounts.misses
        func share(_ hits: UInt64) -> Double? { lookups == 0 ? nil : min(Double(hits) / Double(lookups), 1) }
        let answers = hot.count
        return TierAdvice.Present(
            hotCapacity: hot.capacity, hotMaximumBytes: hot.maximumBytes,
            warmCapacity: parts.settings.redisURL == nil ? 0 : parts.settings.warmCacheSize,
            observedHotHitRate: share(hotCounts.hits), observedKeptHitRate: share(hotCounts.hits + warmCounts.hits),
            meanAnswerBytes: answers == 0 ? nil : Double(hot.byteCount) / Double(answers))
    }

    /// Hit rates as fractions 0…1 of the questions.
    private static func write(_ advice: SizeAdvice, to json: inout JSONWriter) {
        json.member("capacity", advice.capacity)
        json.member("expected_hit_rate", advice.expectedHitRate, decimals: 4)
        if let observed = advice.observedHitRate {
            json.member("observed_hit_rate", observed, decimals: 4)
        } else {
            json.null("observed_hit_rate")
        }
        json.array("curve") { json in
            for point in advice.curve {
                json.object { json in
                    json.member("size", point.size)
                    json.member("expected_hit_rate", point.expectedHitRate, decimals: 4)
                }
            }
        }
        json.member("suggested_size", advice.suggestedSize)
        json.member("advice", advice.text)
        json.member("set", advice.setting)
    }
}
