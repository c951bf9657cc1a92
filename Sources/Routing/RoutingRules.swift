public import Knowledge

/// Thresholds and words of the router.
public struct RoutingRules: Sendable, Hashable {
    public static let defaultCriticalKeywords = [
        "error", "errors", "crash", "crashes", "crashed", "crashing", "urgent", "urgently", "production",
        "down", "fail", "fails", "failed", "failing", "failure", "failures",
    ]
    public static let defaultCommonPatterns = [
        "install", "setup", "config", "npm", "node", "package",
    ]

    public var hotAccessThreshold: Int
    public var warmAccessThreshold: Int
    public var recentAccessWindowMilliseconds: Int64
    /// 0…1.
    public var qualityThreshold: Double
    public var criticalKeywords: KeywordSet
    public var commonPatterns: KeywordSet

    public init(
        hotAccessThreshold: Int = 10, warmAccessThreshold: Int = 3, recentAccessWindowMilliseconds: Int64 = 300_000,
        qualityThreshold: Double = 0.8,
        criticalKeywords: KeywordSet = KeywordSet(RoutingRules.defaultCriticalKeywords),
        commonPatterns: KeywordSet = KeywordSet(RoutingRules.defaultCommonPatterns)
    ) {
        self.hotAccessThreshold = hotAccessThreshold
        self.warmAccessThreshold = warmAccessThreshold
        self.recentAccessWindowMilliseconds = recentAccessWindowMilliseconds
        self.qualityThreshold = qualityThreshold
        self.criticalKeywords = criticalKeywords
        self.commonPatterns = commonPatterns
    }
}

/// Where an answer belongs, and the rule that says so.
public struct RoutingDecision: Sendable, Hashable {
    /// The rules in the order in which they are tried; raw values label metrics.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        case pinned = "pinned"
        case accessCount = "access_count"
        case recentFrequentAccess = "recent_frequent_access"
        case quality = "quality"
        case criticalKeywords = "critical_keywords"
        case moderateAccess = "moderate_access"
        case recentAccess = "recent_access"
        case commonPattern = "common_pattern"
        case comprehensiveSearch = "comprehensive_search"
    }

    public let tier: Tier
    public let rule: Rule
    /// In words, for the reply.
    public let reason: String

    package init(tier: Tier, rule: Rule, reason: String) {
        self.tier = tier
        self.rule = rule
        self.reason = reason
    }
}

extension RoutingRules {
    /// Decides where the answer to a question is to be placed. Pure; the first rule that matches wins.
    ///
    /// - Parameters:
    ///   - access: this asking included.
    ///   - quality: of the answer at hand, or of the last one known.
    ///   - folded: the question's folded text.
    ///   - hotIsFull: a critical word alone then does not push another answer out; it takes a second asking.
    ///   - isPinned: whether an operator keeps the answer in hot.
    public func decide(
        _ access: AccessRecord, quality: Double, folded: String, at now: Timestamp, hotIsFull: Bool,
        isPinned: Bool = false
    ) -> RoutingDecision {
        if isPinned { return RoutingDecision(tier: .hot, rule: .pinned, reason: "Pinned") }
        let count = access.count
        let isRecent = access.previousAccess.map { now.milliseconds(since: $0) <= recentAccessWindowMilliseconds }

        if count >= hotAccessThreshold {
            return RoutingDecision(tier: .hot, rule: .accessCount, reason: "High access count: \(count)")
        }
        if isRecent == true, count >= warmAccessThreshold {
            return RoutingDecision(
                tier: .hot, rule: .recentFrequentAccess, reason: "Recent frequent access: \(count) times")
        }
        if quality >= qualityThreshold, count >= 2 {
            let shown = (quality * 100).rounded() / 100
            return RoutingDecision(tier: .hot, rule: .quality, reason: "High quality results: \(shown)")
        }
        if count >= 2 || !hotIsFull, criticalKeywords.matches(folded) {
            return RoutingDecision(tier: .hot, rule: .criticalKeywords, reason: "Critical keywords detected")
        }
        if count >= warmAccessThreshold {
            return RoutingDecision(tier: .warm, rule: .moderateAccess, reason: "Moderate access: \(count) times")
        }
        if isRecent == true {
            return RoutingDecision(tier: .warm, rule: .recentAccess, reason: "Recent access detected")
        }
        if commonPatterns.matches(folded) {
            return RoutingDecision(tier: .warm, rule: .commonPattern, reason: "Common troubleshooting pattern")
        }
        return RoutingDecision(tier: .cold, rule: .comprehensiveSearch, reason: "Comprehensive search required")
    }
}
