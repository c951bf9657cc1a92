public import Embedding
public import Knowledge
import Logging
import Synchronization

/// The encoder, when there is one: loaded at the start, and again every few seconds while it cannot be.
public final class EncoderSlot: Sendable {
    /// Long enough to cost nothing, short enough that an operator who has put the model in place sees it work.
    static let retryInterval = Duration.seconds(5)

    public enum Status: Sendable {
        case ready(any Encoder)
        case unavailable(EncoderError)
    }

    private let load: @Sendable () async throws(EncoderError) -> any Encoder
    private let current: Mutex<Status>

    /// - Parameter load: makes the encoder; called again after a failure.
    public init(load: @escaping @Sendable () async throws(EncoderError) -> any Encoder) {
        self.load = load
        current = Mutex(.unavailable(.notLoaded))
    }

    public var status: Status { current.withLock { $0 } }

    public var identity: EncoderIdentity? {
        if case .ready(let encoder) = status { encoder.identity } else { nil }
    }

    /// Tries once. The outcome is in `status`.
    public func loadOnce() async {
        let outcome: Status
        do {
            outcome = .ready(try await load())
        } catch {
            outcome = .unavailable(error)
        }
        current.withLock { $0 = outcome }
    }
}
