import Access
import Synchronization

/// The script in Redis as a model: one bucket, leases by server, a clock set by hand.
///
/// Written apart from the script, token by token: what is there and who holds what until when.
final class SharedBucketModel: Sendable {
    private struct State {
        var naive: NaiveBucket
        var leases: [Int: (tokens: Int, until: Int64)] = [:]
        var isReachable = true
    }

    private let state: Mutex<State>
    private let clock: Mutex<Int64>
    private let limit: RateLimit

    init(_ limit: RateLimit, at now: Int64) {
        self.limit = limit
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
            state.leases = state.leases.filter { $0.value.until > now }
            state.naive.advance(to: now)
            // What is leased is room that may not fill.
            let held = state.leases.values.reduce(0) { $0 + $1.tokens }
            state.naive.lower(to: limit.burst - held)
            state.leases[server] = nil
            let others = state.leases.values.reduce(0) { $0 + $1.tokens }
            state.naive.add(request.returned, rim: limit.burst - others)
            guard state.naive.tokens >= request.cost else {
                let freed = state.leases.values.map(\.until).min() ?? now
                let wait = state.naive.wait(for: request.cost)
                let again = limit.burst - others < request.cost ? max(wait, freed - now) : wait
                return .refused(retryInMicroseconds: again, fullInMicroseconds: state.naive.missing)
            }
            var tokens = request.cost
            if mode == .leased {
                let share = (limit.burst - others) / SharedBuckets.leaseShare
                tokens = max(tokens, min(state.naive.tokens, share))
            }
            _ = state.naive.take(tokens, at: now)
            if tokens > request.cost {
                state.leases[server] = (tokens - request.cost, now + SharedBuckets.leaseMicroseconds)
            }
            return .granted(tokens: tokens, fullInMicroseconds: state.naive.missing)
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
