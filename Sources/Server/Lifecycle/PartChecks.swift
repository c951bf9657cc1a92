import Access
import ColdTier
import Embedding
import HotTier
import Knowledge
import Pipeline
import WarmTier

/// Asks the parts how they do.
struct PartChecks: Sendable {
    let stack: TierStack
    let reembedding: Reembedding
    /// `nil` where callers have none.
    let limits: CallerLimits?
    let isWarmEnabled: Bool
    let log: HealthLog

    /// Asks every part to do something small now.
    func run() async -> [PartHealth] {
        async let warm = warmHealth()
        async let cold = coldHealth()
        async let encoder = encoderHealth()
        let found = await [hotHealth(), warm, cold, encoder] + (limits.map { [limitsHealth($0)] } ?? [])
        log.note(found)
        return found
    }

    private func limitsHealth(_ limits: CallerLimits) -> PartHealth {
        let start = ContinuousClock.now
        let problem = limits.problem
        return PartHealth(
            part: .rateLimits, status: problem == nil ? .healthy : .degraded,
            responseMilliseconds: start.elapsedMilliseconds, reason: problem, itemCount: limits.rate.callerCount)
    }

    private func hotHealth() -> PartHealth {
        let start = ContinuousClock.now
        let count = stack.hot.count
        return PartHealth(
            part: .hotCache, status: .healthy, responseMilliseconds: start.elapsedMilliseconds, reason: nil,
            itemCount: count)
    }

    private func warmHealth() async -> PartHealth {
        let start = ContinuousClock.now
        guard isWarmEnabled else {
            return PartHealth(
                part: .warmCache, status: .disabled, responseMilliseconds: 0, reason: "REDIS_URL is off", itemCount: nil
            )
        }
        let health = stack.warm.health
        // While Redis is away nothing is asked of it, so the check is as quick as a question's look-up.
        let count = health.isServing ? await stack.warm.count() : nil
        let isWell = health.status == .up && count != nil
        return PartHealth(
            part: .warmCache, status: isWell ? .healthy : .degraded, responseMilliseconds: start.elapsedMilliseconds,
            reason: isWell ? nil : health.reason ?? "Redis does not answer", itemCount: count)
    }

    private func coldHealth() async -> PartHealth {
        let health = await stack.cold.check()
        let status: PartHealth.Status =
            !health.isReadable ? .unhealthy : health.isWritable ? .healthy : .degraded
        return PartHealth(
            part: .coldStorage, status: status, responseMilliseconds: health.milliseconds,
            reason: health.problem?.description, itemCount: stack.cold.statistics().items,
            recoding: stack.cold.textRecoding)
    }

    private func encoderHealth() async -> PartHealth {
        let start = ContinuousClock.now
        var reason: String?
        switch stack.encoder.status {
        case .unavailable(let error): reason = error.description
        case .ready(let encoder):
            do {
                try await encoder.check()
            } catch {
                reason = "\(error)"
            }
        }
        return PartHealth(
            part: .encoder, status: reason == nil ? .healthy : .degraded,
            responseMilliseconds: start.elapsedMilliseconds, reason: reason, itemCount: nil,
            reembedding: reembedding.progress)
    }
}

extension ServerParts {
    func healthOfParts() async -> [PartHealth] {
        await PartChecks(
            stack: stack, reembedding: reembedding, limits: limits, isWarmEnabled: settings.redisURL != nil,
            log: healthLog
        ).run()
    }

    /// The same, with the counts that the caller may see.
    func health(for caller: Caller) async -> [PartHealth] {
        let found = await healthOfParts()
        guard let tenant = caller.visibleTenant else { return found }
        return found.map { health in
            switch health.part {
            case .hotCache: health.counting(stack.hot.holding(of: tenant).count)
            case .coldStorage: health.counting(stack.cold.itemCount(tenant))
            case .warmCache, .encoder, .rateLimits: health.counting(nil)
            }
        }
    }
}

extension ContinuousClock.Instant {
    fileprivate var elapsedMilliseconds: Double { (ContinuousClock.now - self).milliseconds }
}
