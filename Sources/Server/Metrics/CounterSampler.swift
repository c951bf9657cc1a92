import ServiceLifecycle
import Synchronization

/// Remembers once a second what the counters stood at, so that rates of the last minutes can be told.
///
/// The questions themselves pay nothing: they only count. A ring of one hour of seconds, about 290 KB, however
/// long the server runs.
package final class CounterSampler: Sendable {
    /// The spans that rates are shown for, besides since the start.
    package enum Window: String, CaseIterable {
        case oneMinute = "1m"
        case fiveMinutes = "5m"
        case oneHour = "1h"

        package var seconds: Int {
            switch self {
            case .oneMinute: 60
            case .fiveMinutes: 300
            case .oneHour: 3_600
            }
        }
    }

    /// One a second for the longest window.
    package static let capacity = Window.oneHour.seconds

    fileprivate static let interval = Duration.seconds(1)

    private struct Ring {
        var samples: [CountSample] = []
        /// Where the next sample goes once the ring is full: the oldest one's place.
        var next = 0
    }

    private let ring = Mutex(Ring())
    private let read: @Sendable () -> CountSample

    /// - Parameter read: the counters as they are now.
    package init(read: @escaping @Sendable () -> CountSample) {
        self.read = read
    }

    /// Notes the counters as they are now.
    package func sample() {
        let sample = read()
        ring.withLock { ring in
            if ring.samples.count < Self.capacity {
                ring.samples.append(sample)
            } else {
                ring.samples[ring.next] = sample
                ring.next = (ring.next + 1) % Self.capacity
            }
        }
    }

    /// The samples of the last seconds, at most `count`, the oldest first.
    package func recent(_ count: Int) -> [CountSample] {
        ring.withLock { ring in
            Array((ring.samples[ring.next...] + ring.samples[..<ring.next]).suffix(count))
        }
    }

    /// The counters now and as they were a window ago, or at the start when that is not so long ago.
    package func counts(over window: Window) -> (now: CountSample, before: CountSample) {
        let before = ring.withLock { ring -> CountSample in
            let age = window.seconds
            guard ring.samples.count >= age else { return CountSample() }
            let newest = ring.samples.count < Self.capacity ? ring.samples.count - 1 : ring.next - 1 + Self.capacity
            return ring.samples[(newest - age + 1) % ring.samples.count]
        }
        return (read(), before)
    }
}

extension CounterSampler: Service {
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var next = ContinuousClock.now
            while !Task.isCancelled {
                sample()
                next += Self.interval
                try? await Task.sleep(until: next, clock: .continuous)
            }
        }
    }
}
