import Backup
import ColdTier
import Knowledge
import Logging
import Synchronization

/// What an operator has the server do that takes long: backups, verifications, compactions. One piece at a time.
///
/// Any task. A piece runs to its end whether or not somebody waits for it; a shutdown stops it.
final class AdminWork: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case backup, verify, compact
    }

    /// What came of a piece that did what it was asked.
    enum Outcome: Sendable {
        case backup(StoredBackup, expired: [String])
        case backupVerified(Restore.Outcome, name: String)
        case storeVerified(StoreVerification)
        case compacted(before: Int, after: Int)
    }

    /// One piece of work.
    struct Piece: Sendable {
        let kind: Kind
        let startedAt: Timestamp
        fileprivate(set) var progress: BackupProgress?
        fileprivate(set) var endedAt: Timestamp?
        /// `nil` while it runs.
        fileprivate(set) var result: Result<Outcome, BackupError>?
    }

    private struct State {
        var number = 0
        var running: Piece?
        var last: [Kind: Piece] = [:]
        /// Of the last piece that began.
        var task: Task<Void, Never>?
        var isStopped = false
    }

    private let backups: Backups
    private let time: TimeSource
    private let logger: Logger
    private let state = Mutex(State())

    /// How often a caller who waits looks.
    private static let lookInterval = Duration.milliseconds(10)

    init(_ backups: Backups, time: TimeSource, logger: Logger) {
        self.backups = backups
        self.time = time
        self.logger = logger
    }

    var running: Piece? { state.withLock { $0.running } }

    /// The last of each kind that ended.
    func last(_ kind: Kind) -> Piece? { state.withLock { $0.last[kind] } }

    func makeBackup() -> Bool {
        start(.backup) { [self] () async throws(BackupError) in
            let made = try await backups.make(at: time.now(), report: report)
            return .backup(made.backup, expired: made.expired)
        }
    }

    /// - Parameter backup: its name, or `latest`; `nil` for the store itself.
    func verify(_ backup: String?) -> Bool {
        start(.verify) { [self] () async throws(BackupError) in
            guard let backup else { return .storeVerified(try await backups.verifyStore()) }
            return .backupVerified(try await backups.verify(backup, report: report), name: backup)
        }
    }

    func compact() -> Bool {
        start(.compact) { [self] () async throws(BackupError) in
            let done = try await backups.compactStore()
            return .compacted(before: done.fileBytesBefore, after: done.fileBytes)
        }
    }

    /// The last piece of a kind once none runs, or `nil` when it takes longer than `limit`.
    func ended(_ kind: Kind, within limit: Duration) async -> Piece? {
        let deadline = ContinuousClock.now + limit
        while running != nil {
            guard .now < deadline else { return nil }
            try? await Task.sleep(for: Self.lookInterval)
        }
        return last(kind)
    }

    /// Has what runs stop, and returns when it has; nothing starts any more.
    func close() async {
        state.withLock { state in
            state.isStopped = true
            state.task?.cancel()
        }
        while running != nil { try? await Task.sleep(for: Self.lookInterval) }
    }

    /// - Returns: false when something runs already, or the server is on its way out.
    private func start(_ kind: Kind, _ body: @escaping @Sendable () async throws(BackupError) -> Outcome) -> Bool {
        let isFirst = state.withLock { state in
            guard state.running == nil, !state.isStopped else { return false }
            state.running = Piece(kind: kind, startedAt: time.now())
            return true
        }
        guard isFirst else { return false }
        let task = Task {
            let result: Result<Outcome, BackupError>
            do throws(BackupError) {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            log(kind, result)
            state.withLock { state in
                state.running?.endedAt = time.now()
                state.running?.result = result
                state.last[kind] = state.running
                state.running = nil
            }
        }
        state.withLock { $0.task = task }
        return true
    }

    /// Says whether to go on.
    @Sendable private func report(_ progress: BackupProgress) -> Bool {
        state.withLock { state in
            state.running?.progress = progress
            return !state.isStopped
        }
    }

    private func log(_ kind: Kind, _ result: Result<Outcome, BackupError>) {
        switch result {
        case .success(.backup(let backup, let expired)):
            logger.notice("Backup \(backup.name) is made, \(backup.byteCount) bytes; \(expired.count) older ones went")
        case .success(.storeVerified(let found)) where !found.problems.isEmpty:
            logger.error("The store is damaged: \(found.problems.joined(separator: "; "))")
        case .success: logger.info("\(kind.rawValue) is done")
        case .failure(let error): logger.error("\(kind.rawValue) failed: \(error)")
        }
    }
}
