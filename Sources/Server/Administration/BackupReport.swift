import Backup
import Knowledge
import Pipeline

/// How the backups do, for metrics and `/health`.
struct BackupReport {
    let parts: ServerParts

    /// What an operator should know; `nil` while all is well. Answers do not depend on backups, so they degrade nothing.
    var note: String? {
        let status = parts.backups.status
        if let failure = status.failure, parts.adminWork.running == nil {
            return "The last backup failed: \(ContractError(failure).message)"
        }
        let interval = Int64(parts.settings.backupInterval.milliseconds)
        guard interval > 0 else { return nil }
        let since = status.newest?.createdAt ?? parts.startedAt
        guard parts.stack.time.now().milliseconds(since: since) > 2 * interval else { return nil }
        return status.newest.map { "The newest backup is of \($0.createdAt.rfc3339)" } ?? "There is no backup yet"
    }

    func write(to page: inout Exposition) {
        let status = parts.backups.status
        page.gauge(
            "thermocline_backup_last_success_timestamp_seconds",
            "When the newest backup was begun, in seconds since 1970; 0 while there is none.",
            Double(status.newest?.createdAt.milliseconds ?? 0) / 1_000)
        page.gauge(
            "thermocline_backup_last_bytes", "Bytes of the newest backup.", Double(status.newest?.byteCount ?? 0))
        page.gauge(
            "thermocline_backup_interval_seconds", "How often one is made; 0 when none is by itself.",
            Double(parts.settings.backupInterval.milliseconds) / 1_000)
        page.counter(
            "thermocline_backups", "Attempts to make a backup, by what came of them.",
            [([("outcome", "success")], status.successes), ([("outcome", "failure")], status.failures)])
    }
}
