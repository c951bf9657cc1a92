import ColdTier
import Embedding
import HotTier
import Knowledge
import Pipeline
import WarmTier

/// What a check of one part found.
struct PartHealth: Sendable {
    /// The parts by their names in `/health`.
    enum Part: String, Sendable, CaseIterable {
        case hotCache = "hot_cache"
        case warmCache = "warm_cache"
        case coldStorage = "cold_storage"
        case encoder

        /// Those that an answer can do without, cold only if hot or warm still has it.
        static let degradable: [Part] = [.warmCache, .encoder, .coldStorage]
    }

    enum Status: String, Sendable {
        case healthy
        /// Answers are right without it, but slower or not kept.
        case degraded
        /// Nothing can be answered for sure.
        case unhealthy
        /// Switched off by the operator.
        case disabled

        var isAtItsBest: Bool { self == .healthy || self == .disabled }
    }

    let part: Part
    let status: Status
    let responseMilliseconds: Double
    /// Why it is not at its best.
    private(set) var reason: String?
    private(set) var itemCount: Int?
    /// Of the encoder: the change to another that is under way.
    var reembedding: Reembedding.Progress?

    /// For one tenant: with a count of its own, and nothing of how much there is of others'. Reasons name files and
    /// addresses, which are the operator's.
    func counting(_ items: Int?) -> PartHealth {
        var health = self
        health.itemCount = items
        health.reason = nil
        health.reembedding = nil
        return health
    }
}

extension [PartHealth] {
    var overall: PartHealth.Status {
        if contains(where: { $0.status == .unhealthy }) { return .unhealthy }
        return allSatisfy(\.status.isAtItsBest) ? .healthy : .degraded
    }
}

extension ServerParts {
    /// Asks every part to do something small now.
    func healthOfParts() async -> [PartHealth] {
        async let warm = warmHealth()
        async let cold = coldHealth()
        async let encoder = encoderHealth()
        return await [hotHealth(), warm, cold, encoder]
    }

    /// The same, with the counts that the caller may see.
    func health(for caller: Caller) async -> [PartHealth] {
        let found = await healthOfParts()
        guard let tenant = caller.visibleTenant else { return found }
        return found.map { health in
            switch health.part {
            case .hotCache: health.counting(stack.hot.holding(of: tenant).count)
            case .coldStorage: health.counting(stack.cold.itemCount(tenant))
            case .warmCache, .encoder: health.counting(nil)
            }
        }
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
        guard settings.redisURL != nil else {
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
            reason: health.problem?.description, itemCount: stack.cold.statistics().items)
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

extension ContinuousClock.Instant {
    fileprivate var elapsedMilliseconds: Double { (ContinuousClock.now - self).milliseconds }
}
