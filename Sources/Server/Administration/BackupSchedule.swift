import Backup
import Knowledge
import ServiceLifecycle

/// Makes a backup whenever the newest is older than the interval, over restarts too.
struct BackupSchedule: Service {
    /// After a failure; a full disk is not to be filled again at once.
    private static let pauseAfterFailure: Int64 = 300_000
    /// A look is one comparison.
    private static let lookInterval = Duration.seconds(1)

    let backups: Backups
    let work: AdminWork
    /// Zero for never.
    let interval: Duration
    let time: TimeSource

    func run() async throws {
        guard interval > .zero else {
            // A service that ends would end the server.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if isDue { _ = work.makeBackup() }
                try? await Task.sleep(for: Self.lookInterval)
            }
        }
    }

    private var isDue: Bool {
        guard work.running == nil else { return false }
        let now = time.now()
        let pause = Int64(interval.milliseconds)
        if backups.status.failure != nil, let last = work.last(.backup)?.endedAt {
            return now.milliseconds(since: last) >= min(pause, Self.pauseAfterFailure)
        }
        guard let newest = backups.status.newest?.createdAt else { return true }
        return now.milliseconds(since: newest) >= pause
    }
}
