package import Knowledge
import ServiceLifecycle
import Synchronization

/// Remembers twice a minute what each tenant's counters stood at, so that it can be told rates of its own.
///
/// Coarser than `CounterSampler`, for there are many tenants: an hour of one takes 6 KB. Any thread.
package final class TenantSampler: Sendable {
    static let intervalSeconds = 30
    private static let capacity = CounterSampler.Window.oneHour.seconds / intervalSeconds + 1

    /// The newest last.
    private let samples = Mutex<[Tenant: [CountSample]]>([:])
    private let tenants: @Sendable () -> [Tenant]
    private let read: @Sendable (Tenant) -> CountSample

    /// - Parameters:
    ///   - tenants: those that are counted apart; bounded by whoever counts.
    ///   - read: a tenant's counters as they are now.
    package init(tenants: @escaping @Sendable () -> [Tenant], read: @escaping @Sendable (Tenant) -> CountSample) {
        self.tenants = tenants
        self.read = read
    }

    package func sample() {
        for tenant in tenants() {
            let sample = read(tenant)
            samples.withLock { samples in
                samples[tenant, default: []].append(sample)
                if samples[tenant, default: []].count > Self.capacity { samples[tenant]?.removeFirst() }
            }
        }
    }

    /// The last samples of a tenant, at most `count`, the oldest first.
    package func recent(_ count: Int, of tenant: Tenant) -> [CountSample] {
        samples.withLock { Array(($0[tenant] ?? []).suffix(count)) }
    }

    /// A tenant's counters now and as they were a window ago, to half a minute; or at the start when that is not so long ago.
    package func counts(
        over window: CounterSampler.Window, of tenant: Tenant
    ) -> (now: CountSample, before: CountSample) {
        let steps = window.seconds / Self.intervalSeconds
        let before = samples.withLock { samples -> CountSample in
            guard let own = samples[tenant], own.count >= steps else { return CountSample() }
            return own[own.count - steps]
        }
        return (read(tenant), before)
    }
}

extension TenantSampler: Service {
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                sample()
                try? await Task.sleep(for: .seconds(Self.intervalSeconds))
            }
        }
    }
}
