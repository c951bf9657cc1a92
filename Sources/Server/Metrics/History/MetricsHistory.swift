import ColdTier
import HotTier
package import Knowledge
import Pipeline
import Routing
import ServiceLifecycle
import Synchronization
import WarmTier

/// Remembers what each of the last minutes came to, for the dashboard. In memory alone: it begins anew with the server.
///
/// A ring of `METRICS_RETENTION_HOURS` · 60 samples of `MemoryLayout<MinuteSample>.stride` bytes, taken as it fills.
package final class MetricsHistory: Sendable {
    /// A week of minutes is about 2 MB; beyond, Prometheus is what remembers.
    package static let retentionHours = 1...168
    private static let minuteMilliseconds: Int64 = 60_000

    private struct State {
        var samples: [MinuteSample] = []
        /// Where the next sample goes once the ring is full: the oldest one's place.
        var next = 0
        var last: CounterReading
        var lastAt: Timestamp
    }

    package let capacity: Int
    private let time: TimeSource
    private let read: @Sendable () -> CounterReading
    private let fill: @Sendable () async -> MinuteSample.Fill
    private let eachMinute: @Sendable (Timestamp) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - read: the counters as they are now.
    ///   - fill: what the tiers hold now.
    ///   - eachMinute: what else is due once a minute.
    package init(
        hours: Int, time: TimeSource, read: @escaping @Sendable () -> CounterReading,
        fill: @escaping @Sendable () async -> MinuteSample.Fill,
        eachMinute: @escaping @Sendable (Timestamp) -> Void = { _ in }
    ) {
        capacity = hours * 60
        self.time = time
        self.read = read
        self.fill = fill
        self.eachMinute = eachMinute
        state = Mutex(State(last: read(), lastAt: time.now()))
    }

    /// Memory of the samples.
    package var byteCount: Int { state.withLock { $0.samples.capacity } * MemoryLayout<MinuteSample>.stride }

    /// The last minutes, at most `limit`, the oldest first.
    package func minutes(_ limit: Int) -> [MinuteSample] {
        let ordered = state.withLock { state in
            Array(state.samples[state.next...] + state.samples[..<state.next])
        }
        return Array(ordered.suffix(limit))
    }

    /// Ends a minute now.
    package func record() async {
        let fill = await fill()
        let reading = read()
        let now = time.now()
        eachMinute(now)
        state.withLock { state in
            let sample = MinuteSample(
                from: state.last, to: reading, fill: fill, endedAt: now,
                milliseconds: UInt32(clamping: now.milliseconds(since: state.lastAt)))
            state.last = reading
            state.lastAt = now
            if state.samples.count < capacity {
                state.samples.append(sample)
            } else {
                state.samples[state.next] = sample
                state.next = (state.next + 1) % capacity
            }
        }
    }

    private var untilNextMinute: Duration {
        .milliseconds(Self.minuteMilliseconds - time.now().milliseconds % Self.minuteMilliseconds)
    }
}

extension MetricsHistory: Service {
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: untilNextMinute)
                if !Task.isCancelled { await record() }
            }
        }
    }
}

extension TierStack {
    var counterReading: CounterReading {
        CounterReading(
            latencies: Dictionary(uniqueKeysWithValues: ServedBy.allCases.map { ($0, metrics.latency($0)) }),
            coalesced: metrics.coalesced.value, rules: RoutingDecision.Rule.allCases.map { metrics.decisions(by: $0) })
    }

    func fill() async -> MinuteSample.Fill {
        MinuteSample.Fill(
            hotItems: UInt32(clamping: hot.count), hotBytes: UInt64(clamping: hot.byteCount),
            warmItems: await warm.count().map { UInt32(clamping: $0) } ?? .max,
            coldItems: UInt32(clamping: cold.statistics().items))
    }
}
