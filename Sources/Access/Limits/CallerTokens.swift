/// What one server knows of one caller's tokens, and what it decides by that. A value; time comes in.
///
/// With shared buckets the truth is theirs: here are the tokens leased and not used yet, and until when the bucket is
/// known to be too empty, for no server can change that. Without them, or while they cannot be reached, it is this
/// bucket alone, which begins where the shared one was last seen.
struct CallerTokens: Sendable {
    enum Step: Sendable {
        case decided(LimitVerdict)
        /// To be asked of the shared buckets, by who gets this; what they say goes to `settle`.
        case ask(returned: Int, missingMicroseconds: Int64)
        /// Someone is asking already.
        case wait
    }

    private var bucket = TokenBucket()
    /// Leased and not used.
    private var held = 0
    /// From then on `held` may only be returned.
    private var heldUntil = Int64.min
    /// Until then the shared bucket has fewer than `refusedCost` tokens.
    private var refusedUntil = Int64.min
    private var refusedCost = 0
    /// Something passed that the shared bucket does not know of.
    private var hasPassedAlone = false
    private(set) var isAsking = false
    var waiting: [CheckedContinuation<Void, Never>] = []

    mutating func step(_ cost: Int, at now: Int64, of limit: RateLimit, _ mode: LimitMode, isShared: Bool) -> Step {
        guard isShared else { return .decided(decideAlone(cost, at: now, of: limit)) }
        if mode == .leased, held >= cost, now < heldUntil {
            held -= cost
            return .decided(verdict(at: now, of: limit))
        }
        if now < refusedUntil, cost >= refusedCost {
            let more = Int64(cost - refusedCost) * limit.tokenMicroseconds
            return .decided(verdict(at: now, of: limit, retry: refusedUntil - now + more))
        }
        if mode == .leased {
            guard !isAsking else { return .wait }
            isAsking = true
        }
        defer { (held, hasPassedAlone) = (0, false) }
        return .ask(returned: held, missingMicroseconds: hasPassedAlone ? bucket.missing(at: now) : 0)
    }

    /// Takes in what the shared buckets said to an `ask`, and decides for who asked.
    ///
    /// - Parameters:
    ///   - reply: `nil` when they said nothing in time; then what they hold is as good as what this bucket does.
    ///   - askedAt: before the request was sent; the lease counts from there, so that it ends here first.
    mutating func settle(
        _ reply: SharedBuckets.Reply?, _ cost: Int, askedAt: Int64, at now: Int64, of limit: RateLimit
    ) -> LimitVerdict {
        isAsking = false
        switch reply {
        case .granted(let tokens, let fullIn, let lease):
            bucket.setMissing(fullIn, at: now)
            refusedUntil = .min
            held = max(0, tokens - cost)
            heldUntil = askedAt + lease
            return verdict(at: now, of: limit)
        case .refused(let retryIn, let fullIn):
            bucket.setMissing(fullIn, at: now)
            (refusedUntil, refusedCost) = (now + retryIn, cost)
            return verdict(at: now, of: limit, retry: retryIn)
        case nil:
            let verdict = decideAlone(cost, at: now, of: limit)
            // Told with the next request, whether it passed or not: what this bucket knows is all there is.
            hasPassedAlone = true
            return verdict
        }
    }

    private mutating func decideAlone(_ cost: Int, at now: Int64, of limit: RateLimit) -> LimitVerdict {
        if held > 0 {
            bucket.giveBack(held, at: now, of: limit)
            held = 0
        }
        let retry = bucket.take(cost, at: now, of: limit)
        if retry == nil { hasPassedAlone = true }
        return verdict(at: now, of: limit, retry: retry)
    }

    private func verdict(at now: Int64, of limit: RateLimit, retry: Int64? = nil) -> LimitVerdict {
        LimitVerdict(
            limit: limit.burst, remaining: min(limit.burst, held + bucket.tokens(at: now, of: limit)),
            resetMicroseconds: max(0, bucket.missing(at: now) - Int64(held) * limit.tokenMicroseconds),
            retryMicroseconds: retry)
    }
}
