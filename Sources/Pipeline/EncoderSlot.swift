public import Embedding
public import Knowledge
import Synchronization

/// The encoder, when there is one; tried again while there is not. Any thread.
public final class EncoderSlot: Sendable {
    public enum Status: Sendable {
        case ready(any Encoder)
        case unavailable(EncoderError)
    }

    public typealias Load = @Sendable () async throws(EncoderError) -> any Encoder

    private let load: Load
    private let current: Mutex<Status>

    /// Tries to load the encoder; the outcome is in `status`.
    ///
    /// - Parameter load: makes the encoder; called again by `retry`.
    public init(load: @escaping Load) async {
        self.load = load
        current = Mutex(await Self.outcome(of: load))
    }

    public var status: Status { current.withLock { $0 } }

    public var identity: EncoderIdentity? {
        if case .ready(let encoder) = status { encoder.identity } else { nil }
    }

    /// Loads once more, if the encoder is not there.
    ///
    /// - Parameter prepare: what must be ready for the encoder before any question meets it; if it throws, the encoder
    ///   stays away.
    /// - Returns: whether the encoder is there now and was not before.
    public func retry(preparing prepare: (EncoderIdentity) async throws -> Void) async throws -> Bool {
        guard case .unavailable = status else { return false }
        let outcome = await Self.outcome(of: load)
        if case .ready(let encoder) = outcome { try await prepare(encoder.identity) }
        current.withLock { $0 = outcome }
        return identity != nil
    }

    /// Ends the encoder once what is queued is done.
    public func close() async {
        if case .ready(let encoder) = status { await encoder.close() }
    }

    private static func outcome(of load: Load) async -> Status {
        do throws(EncoderError) {
            return .ready(try await load())
        } catch {
            return .unavailable(error)
        }
    }
}
