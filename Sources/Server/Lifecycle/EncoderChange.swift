import Knowledge
import Logging
import Pipeline
import ServiceLifecycle

/// Runs the re-embedding whenever an encoder is coming.
struct EncoderChange: Service {
    /// What failed is tried again after so long.
    private static let interval = Duration.seconds(5)

    let reembedding: Reembedding
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var lastProblem: String?
            while !Task.isCancelled {
                do {
                    if let encoder = try await reembedding.run() {
                        logger.notice("Every item is embedded by \(encoder.name), which serves from now on")
                    }
                    lastProblem = nil
                } catch {
                    // Once, however often it is tried in vain; `/health` goes on telling.
                    if lastProblem != "\(error)" { logger.warning("Re-embedding is put off: \(error)") }
                    lastProblem = "\(error)"
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
