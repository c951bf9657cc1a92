import Pipeline

/// What a check of one part found.
struct PartHealth: Sendable {
    /// The parts by their names in `/health`.
    enum Part: String, Sendable, CaseIterable {
        case hotCache = "hot_cache"
        case warmCache = "warm_cache"
        case coldStorage = "cold_storage"
        case encoder
        /// Where keys are required.
        case rateLimits = "rate_limits"

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
    let reason: String?
    private(set) var itemCount: Int?
    /// Of the encoder: the change to another that is under way.
    var reembedding: Reembedding.Progress?

    /// For one tenant: with a count of its own, and nothing of how much there is of others'.
    func counting(_ items: Int?) -> PartHealth {
        var health = self
        health.itemCount = items
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
