import ColdTier
import Knowledge
import Logging
import ServiceLifecycle

/// Settles feedback at the start and then once in each hour of the clock.
///
/// Hourly, because each quality that moves may end answers that are kept.
struct FeedbackSettlement: Service {
    private static let hourMilliseconds: Int64 = 3_600_000
    /// The clock is looked at so often: a machine that slept, or whose clock was set, is late by a minute at most.
    private static let interval = Duration.seconds(60)

    let cold: ColdTier
    let time: TimeSource
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var settledHour: Int64?
            while !Task.isCancelled {
                let now = time.now()
                let hour = now.milliseconds / Self.hourMilliseconds
                // What failed is tried again at the next look.
                if hour != settledHour, await settle(at: now) { settledHour = hour }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func settle(at now: Timestamp) async -> Bool {
        do {
            let count = try await cold.settleFeedback(at: now)
            if count > 0 { logger.info("Feedback has moved the quality of \(count) items") }
            return true
        } catch {
            logger.warning("Feedback could not be settled: \(error)")
            return false
        }
    }
}
