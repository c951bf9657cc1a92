import Logging
import ServiceLifecycle

/// The first step of a shutdown: lets no new request in and waits for those under way.
///
/// The port stays open meanwhile, so that whoever still comes is told why instead of being cut off.
struct RequestDrain: Service {
    /// A question takes milliseconds; this is for bulk streams and exports.
    static let limit = Duration.seconds(10)

    let inFlight: RequestsInFlight
    let logger: Logger

    func run() async throws {
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled, because another service failed: there is nothing to end gently.
            return
        }
        inFlight.close()
        await inFlight.drained(within: Self.limit)
        if inFlight.count > 0 {
            logger.warning("\(inFlight.count) requests did not end within \(Self.limit) and are cut off")
        }
    }
}
