import Pipeline
import ServiceLifecycle

/// Writes a snapshot now and then. The one at the end is the server's, after the last request.
struct SnapshotSchedule: Service {
    let snapshots: HotSnapshots
    /// Zero for never.
    let interval: Duration

    func run() async throws {
        guard interval > .zero else {
            // A service that ends would end the server.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while true {
                try? await Task.sleep(for: interval)
                guard !Task.isCancelled else { return }
                await snapshots.save()
            }
        }
    }
}
