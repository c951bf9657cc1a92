import ColdTier
import Embedding
import Knowledge
import Logging
import Pipeline
import ServiceLifecycle

/// Tries again to load an encoder that could not be loaded, and gives vectors to items stored without.
struct EncoderWatch: Service {
    /// Long enough to cost nothing, short enough that an operator who has put the model in place sees it work.
    static let interval = Duration.seconds(5)

    let encoder: EncoderSlot
    let cold: ColdTier
    let ingest: Ingest
    /// As in `EncoderSlot.Prepare`.
    let prepare: @Sendable (any Encoder) async throws -> (any Encoder)?
    /// Of the configured encoder, as in `StoredEncoder`.
    let place: String?
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func look() async {
        do {
            if try await encoder.retry(preparing: prepare) {
                logger.notice("The encoder is there: \(encoder.identity?.name ?? "unknown")")
            }
            let count = try await ingest.embedPending()
            if count > 0 { logger.notice("\(count) items that were stored without a vector have one now") }
            // Only now: broken off before, the store is still the other encoder's.
            if encoder.coming == nil, let identity = encoder.identity {
                _ = try await cold.record(StoredEncoder(identity, place: place))
            }
        } catch {
            logger.warning("Items without a vector could not be given one: \(error)")
        }
    }
}
