import ServiceLifecycle
import Synchronization

/// Asks every part how it does, again and again, and adds up for how long each was not at its best.
///
/// What it found last serves those who only want a number, such as scrapes; `/health` asks anew.
final class HealthWatch: Sendable {
    private struct State {
        var latest: [PartHealth] = []
        var lookedAt: ContinuousClock.Instant?
        var degraded: [PartHealth.Part: Duration] = [:]
    }

    private let interval: Duration
    private let look: @Sendable () async -> [PartHealth]
    private let state = Mutex(State())

    init(every interval: Duration, look: @escaping @Sendable () async -> [PartHealth]) {
        self.interval = interval
        self.look = look
    }

    /// What the last check found; the first one's caller waits for it.
    func latest() async -> [PartHealth] {
        let latest = state.withLock { $0.latest }
        return latest.isEmpty ? await check() : latest
    }

    /// Since the start. A part counts from the check that finds it away to the one that finds it well.
    func degradedSeconds(_ part: PartHealth.Part) -> Double {
        state.withLock { $0.degraded[part, default: .zero] }.milliseconds / 1_000
    }

    @discardableResult
    func check() async -> [PartHealth] {
        let found = await look()
        let now = ContinuousClock.now
        state.withLock { state in
            if let before = state.lookedAt {
                for health in state.latest where !health.status.isAtItsBest {
                    state.degraded[health.part, default: .zero] += now - before
                }
            }
            state.latest = found
            state.lookedAt = now
        }
        return found
    }
}

extension HealthWatch: Service {
    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await check()
                try? await Task.sleep(for: interval)
            }
        }
    }
}
