import Access
import Knowledge
import Logging
import ServiceLifecycle

/// What has to be looked at now and then: the tokens' key set, attempts to come in that failed, lines of the audit log that
/// are past their time.
struct AccessUpkeep: Service {
    private static let interval = Duration.seconds(1)
    /// At most one line a minute, whatever comes.
    private static let summaryMilliseconds: Int64 = 60_000
    private static let retentionMilliseconds: Int64 = 3_600_000
    private static let dayMilliseconds: Int64 = 86_400_000

    let access: AccessParts
    /// `nil` for ever.
    let retentionDays: Int?
    let time: TimeSource
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var lastProblem: String?
            var summarisedAt = time.now()
            var trimmedAt: Timestamp?
            while !Task.isCancelled {
                let now = time.now()
                lastProblem = await reload(after: lastProblem)
                if abs(now.milliseconds(since: summarisedAt)) >= Self.summaryMilliseconds {
                    access.noteFailures(at: now)
                    summarisedAt = now
                }
                if trimmedAt.map({ abs(now.milliseconds(since: $0)) >= Self.retentionMilliseconds }) ?? true {
                    await trim(at: now)
                    trimmedAt = now
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
        access.noteFailures(at: time.now())
    }

    /// - Returns: what is wrong with the key set, which is said once however often it is seen.
    private func reload(after lastProblem: String?) async -> String? {
        do {
            if try await access.tokens?.reload() == true { logger.notice("The keys of tokens have changed") }
            return nil
        } catch {
            if lastProblem != "\(error)" { logger.warning("The keys of tokens stay as they were: \(error)") }
            return "\(error)"
        }
    }

    private func trim(at now: Timestamp) async {
        guard let retentionDays else { return }
        do {
            let end = now.adding(milliseconds: -Int64(retentionDays) * Self.dayMilliseconds)
            let count = try await access.audit.removeLines(before: end, at: now)
            if count > 0 { logger.info("\(count) lines of the audit log were past their time") }
        } catch {
            logger.warning("Old lines of the audit log could not be removed: \(error)")
        }
    }
}

extension AccessParts {
    /// Writes down what failed since the last time, in one line.
    func noteFailures(at now: Timestamp) {
        guard let summary = attempts.takeSummary() else { return }
        audit.note([
            AuditEntry(
                at: now, tenant: nil, subject: "nobody", action: .authenticationFailed,
                details: [
                    .init("failures", summary.failures), .init("refused_unread", summary.limited),
                    .init("addresses", summary.addresses.joined(separator: " ")),
                ])
        ])
    }
}
