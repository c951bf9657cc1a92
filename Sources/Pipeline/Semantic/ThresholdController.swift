public import Knowledge

/// Raises the cosine that reuse takes while too many reuses prove false, and lets it down again: a value type, pure.
///
/// It looks at the verdicts since its last step, at most the last `window` of them, for what was reused under another
/// threshold says little of this one. Looking at every verdict, it rises a little more readily than 95 % confidence would
/// have it; a rise costs some reuses, a fall too early costs right answers.
public struct ThresholdController: Sendable, Hashable {
    /// Verdicts remembered. 381 without a false one are the fewest that show a rate below 1 %.
    public static let window = 1_000
    /// Rises are larger than falls, so that it settles on the side of right answers.
    public static let rise = 0.01
    public static let fall = 0.005
    /// Beyond this next to nothing is reused, and nothing is learnt any more.
    public static let ceiling = 0.99

    /// What the operator set; it never falls below.
    public let floor: Double
    /// The share of false reuses that is put up with.
    public let rateMaximum: Double
    public private(set) var threshold: Double

    private var verdicts: [Bool] = []
    /// The oldest verdict's place once the window is full.
    private var oldest = 0
    private var falseCount = 0

    public init(floor: Double, rateMaximum: Double) {
        self.floor = floor
        self.rateMaximum = rateMaximum
        threshold = floor
    }

    public var interval: WilsonInterval {
        WilsonInterval(successes: Double(falseCount), trials: Double(verdicts.count))
    }

    /// Takes in whether one reuse was false.
    public mutating func note(isFalse: Bool) {
        remember(isFalse)
        let interval = interval
        if interval.lower > rateMaximum {
            move(to: min(threshold + Self.rise, max(Self.ceiling, floor)))
        } else if interval.upper < rateMaximum {
            move(to: max(threshold - Self.fall, floor))
        }
    }

    private mutating func remember(_ isFalse: Bool) {
        if isFalse { falseCount += 1 }
        guard verdicts.count == Self.window else {
            verdicts.append(isFalse)
            return
        }
        if verdicts[oldest] { falseCount -= 1 }
        verdicts[oldest] = isFalse
        oldest = (oldest + 1) % Self.window
    }

    private mutating func move(to next: Double) {
        // Steps are thousandths; without rounding their errors would add up.
        let rounded = max(floor, (next * 10_000).rounded() / 10_000)
        guard rounded != threshold else { return }
        threshold = rounded
        verdicts.removeAll(keepingCapacity: true)
        oldest = 0
        falseCount = 0
    }
}
