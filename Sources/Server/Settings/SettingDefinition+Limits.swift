import Access

/// What callers and tenants may take.
extension SettingDefinition {
    /// Tokens a month: far beyond what a server answers in one.
    static let quotaRange = 0...1_000_000_000_000
    static let rateLimitPerMinute = SettingDefinition(
        "RATE_LIMIT_PER_MINUTE", "security.rate_limiting.requests_per_minute",
        .wholeNumber(0...RateLimit.perMinuteRange.upperBound), default: "60", isLive: true,
        "Tokens a minute of each caller with a key: a read takes 1, a write 2, bulk and administration 10; 0: no limit."
    )
    static let rateLimitBurst = SettingDefinition(
        "RATE_LIMIT_BURST", "security.rate_limiting.burst_size", .wholeNumber(RateLimit.burstRange), unit: "tokens",
        default: "20", isLive: true, "The most that a caller who was idle may take at once.")
    static let rateLimitMode = SettingDefinition(
        "RATE_LIMIT_MODE", "security.rate_limiting.mode", .choice(LimitMode.allCases.map(\.rawValue)),
        default: LimitMode.leased.rawValue, isLive: true,
        "How servers on one Redis share it: `leased` takes tokens a few at a time, `exact` asks for every request.")
    static let quotaPerMonth = SettingDefinition(
        "QUOTA_PER_MONTH", "security.quota.per_month", .wholeNumber(quotaRange), unit: "tokens", default: "0",
        isLive: true, "What a tenant's callers may take in a calendar month (UTC) in all; 0: no limit.")
    static let quotaOverrides = SettingDefinition(
        "QUOTA_OVERRIDES", "security.quota.overrides", .words, default: "", isLive: true,
        "The same for single tenants: tenant=tokens, separated by commas.")

    static let limits: [SettingDefinition] = [
        rateLimitPerMinute, rateLimitBurst, rateLimitMode, quotaPerMonth, quotaOverrides,
    ]
}
