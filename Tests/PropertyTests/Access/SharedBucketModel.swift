import Access
import Synchronization

/// The script in Redis as a model: one bucket, leases by server, a clock set by hand.
///
/// Written apart from the script, token by token: what is there and who holds what until when.
final class SharedBucketModel: Sendable {
    private struct State {
        var naive: NaiveBucket
        var leases: [Int: (tokens: Int, until: Int64)] = [:]
        /// When nothing is remembered any more.
        var end = Int64.min

        var held: Int { leases.values.reduce(0) { $0 + $1.tokens } }
        var lastEnd: Int64 { leases.values.map(\.until).max() ?? .min }

        mutating func advance(to now: Int64, _ limit: RateLimit) {
            naive.advance(to: now)
            guard now >= end else { return }
            leases = [:]
            naive.add(limit.burst, rim: limit.burst)
        }
    }

    private let state: Mutex<State>
    private let clock: Mutex<Int64>

    init(_ limit: RateLimit, at now: Int64) {
        state = Mutex(
            State(naive: NaiveBucket(burst: limit.burst, tokenMicroseconds: limit.tokenMicroseconds, at: now)))
        clock = Mutex(now)
    }

    var now: Int64 { clock.withLock { $0 } }
    func advance(_ microseconds: Int64) { clock.withLock { $0 += microseconds } }
    var clockOfServers: MicrosecondClock { MicrosecondClock { self.now } }

    func buckets(of server: Int) -> SharedBuckets {
        SharedBuckets(isReachable: { true }) { request, limit, mode in self.take(request, limit, mode, server) }
    }

    private func take(
        _ request: SharedBuckets.Request, _ limit: RateLimit, _ mode: LimitMode, _ server: Int
    ) -> SharedBuckets.Reply {
        let now = now
        return state.withLock { state in
            state.advance(to: now, limit)
            // What is leased is room that may not fill.
            state.naive.lower(to: limit.burst - state.held)
            let mine = state.leases.removeValue(forKey: server)?.tokens ?? 0
            if limit.burst - state.held < request.cost { state.leases = state.leases.filter { $0.value.until > now } }
            state.naive.add(min(request.returned, mine), rim: limit.burst - state.held)
            guard state.naive.tokens >= request.cost else {
                let refill = Int64(state.held) * limit.tokenMicroseconds
                state.end = max(now + state.naive.missing + refill, state.lastEnd) + refill
                let wait = state.naive.wait(for: request.cost)
                let freed = state.leases.values.map(\.until).filter { $0 > now }.min() ?? now
                let again = limit.burst - state.held < request.cost ? max(wait, freed - now) : wait
                return .refused(retryInMicroseconds: again, fullInMicroseconds: state.naive.missing)
            }
            var tokens = request.cost
            if mode == .leased {
                let share = (limit.burst - state.held) / SharedBuckets.leaseShare
                tokens = max(tokens, min(state.naive.tokens, share))
            }
            _ = state.naive.take(tokens, at: now)
            let leased = tokens - request.cost
            // By then a bucket that nobody used would be full, whatever becomes of the leases.
            let refill = Int64(state.held + leased) * limit.tokenMicroseconds
            let end = now + state.naive.missing + refill
            if leased > 0 { state.leases[server] = (leased, end) }
            // And once more what they hold, for it may be used in the last moment.
            state.end = max(end, state.lastEnd) + refill
            return .granted(
                tokens: tokens, fullInMicroseconds: state.naive.missing, leaseMicroseconds: leased > 0 ? end - now : 0)
        }
    }
}

extension NaiveBucket {
    var missing: Int64 { Int64(burst) * tokenMicroseconds - level }
    func wait(for cost: Int) -> Int64 { max(0, Int64(cost) * tokenMicroseconds - level) }
    mutating func lower(to tokens: Int) { level = min(level, Int64(tokens) * tokenMicroseconds) }
    mutating func add(_ tokens: Int, rim: Int) {
        level = min(level + Int64(tokens) * tokenMicroseconds, Int64(rim) * tokenMicroseconds)
    }
}
