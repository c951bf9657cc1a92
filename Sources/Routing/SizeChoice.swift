/// The rule that chooses a size from a hit-rate curve.
struct SizeChoice {
    /// Growing must gain as much, 0…1.
    static let leastGain = 0.01
    /// Shrinking may lose less than this.
    static let greatestLoss = 0.005
    /// Below this many look-ups a curve says little.
    static let leastLookups = 200.0
    /// Shrinking waits until a cache of the present size has been turned over this often: an empty cache is not one
    /// that is too large.
    private static let leastTurnovers = 10.0
    /// The sizes considered are the present one times powers of two up to this one, up and down.
    private static let greatestFactorBits = 4

    enum Outcome: Equatable {
        case tooFewLookups
        case grow(Int)
        case shrink(Int)
        case largeEnough
    }

    let sizes: [Int]
    let outcome: Outcome

    /// - Parameters:
    ///   - present: answers that fit now; 0 when the tier is switched off.
    ///   - base: the size as set, or a usual one when the tier is switched off.
    ///   - maximum: the largest size that can be set.
    ///   - lookups: what the curve rests on.
    init(present: Int, base: Int, maximum: Int, lookups: Double, hitRate: (Int) -> Double) {
        let smaller = (1...Self.greatestFactorBits).reversed().map { base >> $0 }.filter { $0 > 0 }
        let larger = (1...Self.greatestFactorBits).map { base << $0 }.filter { $0 <= maximum }
        var sizes: [Int] = []
        for size in smaller + [base] + larger where size != sizes.last { sizes.append(size) }
        self.sizes = sizes
        outcome = Self.outcome(of: sizes, present: present, lookups: lookups, hitRate: hitRate)
    }

    func size(otherwise present: Int) -> Int {
        switch outcome {
        case .grow(let size), .shrink(let size): size
        case .tooFewLookups, .largeEnough: present
        }
    }

    /// The smallest size that hits almost as much as the largest considered, if that is worth growing for; else the
    /// smallest that hits almost as much as the present one.
    private static func outcome(
        of sizes: [Int], present: Int, lookups: Double, hitRate: (Int) -> Double
    ) -> Outcome {
        guard lookups >= leastLookups else { return .tooFewLookups }
        let now = hitRate(present)
        let best = sizes.last.map(hitRate) ?? now
        if best - now >= leastGain,
            let size = sizes.first(where: {
                $0 > present && hitRate($0) - now >= leastGain && best - hitRate($0) < leastGain
            })
        {
            return .grow(size)
        }
        guard lookups >= min(leastTurnovers * Double(present), Double(GhostCache.agingInterval)),
            let size = sizes.first(where: { $0 < present && now - hitRate($0) < greatestLoss })
        else { return .largeEnough }
        return .shrink(size)
    }
}
