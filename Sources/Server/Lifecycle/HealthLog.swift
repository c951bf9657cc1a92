import Logging
import Synchronization

/// Writes down why a part is not at its best: once, however often it is asked how the parts are.
///
/// Replies do not tell it, for it names files and addresses. Any thread.
final class HealthLog: Sendable {
    private let logger: Logger
    /// At most one a part.
    private let last = Mutex<[PartHealth.Part: String]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    func note(_ found: [PartHealth]) {
        for health in found {
            let reason = health.status.isAtItsBest ? nil : health.reason
            let isNew = last.withLock { last in
                let isNew = last[health.part] != reason
                last[health.part] = reason
                return isNew
            }
            guard isNew else { continue }
            if let reason {
                logger.warning("\(health.part.rawValue) is \(health.status.rawValue): \(reason)")
            } else {
                logger.notice("\(health.part.rawValue) is \(health.status.rawValue)")
            }
        }
    }
}
