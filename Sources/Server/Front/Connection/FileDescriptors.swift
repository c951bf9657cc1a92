import Foundation
import Logging

/// How many files and sockets the process may have open.
enum FileDescriptors {
    /// For the database, Redis, segments, snapshots and the encoder, with room to spare.
    private static let reserved = 200

    /// Raises the limit as far as it goes without privileges.
    ///
    /// - Returns: as many of the connections wanted as there can be: one that cannot be accepted would wait unanswered.
    static func connections(wanted: Int, _ logger: Logger) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return wanted }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        let possible = max(1, Int(clamping: limit.rlim_cur) - reserved)
        if possible < wanted {
            logger.warning(
                "MAX_CONNECTIONS=\(wanted), but the limit of open files (\(limit.rlim_cur)) leaves room for \(possible)"
            )
        }
        return min(wanted, possible)
    }
}
