/// What to set the sizes of hot and warm to, from the look-ups seen. Pure.
public struct TierAdvice: Sendable, Hashable {
    /// How the tiers are set and how they do.
    public struct Present: Sendable, Hashable {
        /// `HOT_CACHE_SIZE`; 0 switches hot off.
        public let hotCapacity: Int
        /// `HOT_CACHE_MAX_BYTES`.
        public let hotMaximumBytes: Int
        /// `WARM_CACHE_SIZE`, 0 without a warm tier.
        public let warmCapacity: Int
        /// Share of the look-ups of hot that it hit lately, 0…1; `nil` when there were none.
        public let observedHotHitRate: Double?
        /// Share of the same look-ups that hot or warm hit.
        public let observedKeptHitRate: Double?
        /// Memory that an answer takes in the mean; `nil` when none is kept.
        public let meanAnswerBytes: Double?

        public init(
            hotCapacity: Int, hotMaximumBytes: Int, warmCapacity: Int, observedHotHitRate: Double?,
            observedKeptHitRate: Double?, meanAnswerBytes: Double?
        ) {
            self.hotCapacity = hotCapacity
            self.hotMaximumBytes = hotMaximumBytes
            self.warmCapacity = warmCapacity
            self.observedHotHitRate = observedHotHitRate
            self.observedKeptHitRate = observedKeptHitRate
            self.meanAnswerBytes = meanAnswerBytes
        }

        /// Answers that hot holds under both its bounds.
        var hotFits: Int {
            guard let meanAnswerBytes, meanAnswerBytes > 0 else { return hotCapacity }
            let byBytes = Double(hotMaximumBytes) / meanAnswerBytes
            return byBytes < Double(hotCapacity) ? Int(byBytes) : hotCapacity
        }
    }

    /// The largest sizes that the settings take.
    public static let maximumHotSize = 10_000_000
    public static let maximumWarmSize = 100_000_000
    /// Where sizes begin to be considered when a tier is switched off: the settings' defaults.
    private static let usualHotSize = 1_000
    private static let usualWarmSize = 10_000
    /// A tier that hits so much less than expected loses hits to something else than its size.
    private static let notableShortfall = 0.05
    private static let bytesPerMebibyte = 1_048_576.0

    /// Hit rates are of hot alone.
    public let hot: SizeAdvice
    /// Hit rates are of hot, as it is, and warm together.
    public let warm: SizeAdvice

    public init(_ curve: HitRateCurve, _ present: Present) {
        hot = Self.hot(curve, present)
        warm = Self.warm(curve, present)
    }

    private static func hot(_ curve: HitRateCurve, _ present: Present) -> SizeAdvice {
        let fits = present.hotFits
        let choice = SizeChoice(
            present: fits, base: present.hotCapacity > 0 ? present.hotCapacity : usualHotSize, maximum: maximumHotSize,
            lookups: curve.lookups, hitRate: curve.hitRate)
        var setting = "HOT_CACHE_SIZE=\(choice.size(otherwise: present.hotCapacity))"
        var sentences: [String] = []
        if case .grow(let size) = choice.outcome, let mean = present.meanAnswerBytes {
            let more = Double(size - fits) * mean / bytesPerMebibyte
            sentences.append("About \(oneDecimal(more)) MiB more memory.")
            let needed = Double(size) * mean
            if needed > Double(present.hotMaximumBytes) {
                setting += " HOT_CACHE_MAX_BYTES=\(Int((needed / bytesPerMebibyte).rounded(.up)))MiB"
            }
        }
        return advice(
            choice, name: "HOT_CACHE_SIZE", tier: "Hot", setting: setting, capacity: present.hotCapacity, fits: fits,
            observed: present.observedHotHitRate, lookups: curve.lookups, remarks: sentences, hitRate: curve.hitRate)
    }

    private static func warm(_ curve: HitRateCurve, _ present: Present) -> SizeAdvice {
        let hotFits = present.hotFits
        func hitRate(_ size: Int) -> Double { curve.hitRate(at: hotFits + size) }
        let choice = SizeChoice(
            present: present.warmCapacity, base: present.warmCapacity > 0 ? present.warmCapacity : usualWarmSize,
            maximum: maximumWarmSize, lookups: curve.lookups, hitRate: hitRate)
        return advice(
            choice, name: "WARM_CACHE_SIZE", tier: "Hot and warm together",
            setting: "WARM_CACHE_SIZE=\(choice.size(otherwise: present.warmCapacity))", capacity: present.warmCapacity,
            fits: present.warmCapacity, observed: present.observedKeptHitRate, lookups: curve.lookups,
            remarks: present.warmCapacity == 0 ? ["The warm tier is switched off; it needs REDIS_URL."] : [],
            hitRate: hitRate)
    }

    private static func advice(
        _ choice: SizeChoice, name: String, tier: String, setting: String, capacity: Int, fits: Int, observed: Double?,
        lookups: Double, remarks: [String], hitRate: (Int) -> Double
    ) -> SizeAdvice {
        let now = hitRate(fits)
        var sentences: [String]
        switch choice.outcome {
        case .tooFewLookups:
            sentences = [
                "Too few questions yet to advise on \(name): \(Int(lookups)) of \(Int(SizeChoice.leastLookups))."
            ]
        case .grow(let size):
            let (then, now) = percents(hitRate(size), now)
            sentences = ["\(setting) would hit \(then) instead of \(now)."]
        case .shrink(let size):
            let (then, now) = percents(hitRate(size), now)
            sentences = ["\(name)=\(capacity) is large enough: \(setting) would hit \(then), now \(now)."]
        case .largeEnough:
            sentences = ["\(name)=\(capacity) is large enough: expected hit rate \(percents(now, now).0)."]
        }
        sentences += remarks
        if let observed, choice.outcome != .tooFewLookups, now - observed > notableShortfall {
            sentences.append(
                "\(tier) hit \(percents(observed, now).0) lately: the rest is lost to placement rules, expiry and "
                    + "changed knowledge, not to size.")
        }
        return SizeAdvice(
            capacity: capacity, expectedHitRate: now, observedHitRate: observed,
            curve: choice.sizes.map { SizeAdvice.Point(size: $0, expectedHitRate: hitRate($0)) },
            suggestedSize: choice.size(otherwise: capacity), text: sentences.joined(separator: " "), setting: setting)
    }

    /// In whole percent, or with a decimal where only that tells them apart.
    private static func percents(_ a: Double, _ b: Double) -> (String, String) {
        let (wholeA, wholeB) = (Int((a * 100).rounded()), Int((b * 100).rounded()))
        guard wholeA == wholeB, a != b else { return ("\(wholeA) %", "\(wholeB) %") }
        return (oneDecimal(a * 100) + " %", oneDecimal(b * 100) + " %")
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
