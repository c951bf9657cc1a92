import Access
import ColdTier
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
    /// Why it is not at its best, with files and addresses of this server: for the log and for commands on this machine.
    let reason: String?
    private(set) var itemCount: Int?
    /// Of the encoder: the change to another that is under way.
    var reembedding: Reembedding.Progress?
    /// Of cold storage: texts that are being stored anew.
    var recoding: TextRecodingProgress?

    /// For one tenant: with a count of its own, and nothing of how much there is of others'.
    func counting(_ items: Int?) -> PartHealth {
        var health = self
        health.itemCount = items
        health.reembedding = nil
        health.recoding = nil
        return health
    }
}

extension PartHealth {
    /// `reason` as clients may know it.
    var toldReason: String? {
        guard reason != nil else { return nil }
        switch part {
        case .hotCache: return "it does not answer"
        case .warmCache where status == .disabled: return "it is switched off"
        case .warmCache: return "Redis does not answer, or takes no answers; the server's log says why"
        case .coldStorage where status == .unhealthy: return "the knowledge cannot be read; the server's log says why"
        case .coldStorage: return "nothing can be written; the server's log says why"
        case .rateLimits: return "limits are not shared or not counted for now; the server's log says why"
        case .encoder: return "questions are searched by their words; the server's log says why"
        }
    }
}

extension [PartHealth] {
    var overall: PartHealth.Status {
        if contains(where: { $0.status == .unhealthy }) { return .unhealthy }
        return allSatisfy(\.status.isAtItsBest) ? .healthy : .degraded
    }
}
