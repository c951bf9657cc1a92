public import Embedding
public import Knowledge
import Synchronization

/// The encoder, when there is one; tried again while there is not. Any thread.
///
/// While the store's vectors are still another encoder's, that one is `status`, and the configured one is `coming`.
public final class EncoderSlot: Sendable {
    public enum Status: Sendable {
        case ready(any Encoder)
        case unavailable(EncoderError)
    }

    public typealias Load = @Sendable () async throws(EncoderError) -> any Encoder

    /// What must be ready for an encoder before any question meets it; returns the one that serves in its place until the
    /// store's vectors are its own, if there is one. If it throws, the encoder stays away.
    public typealias Prepare = (any Encoder) async throws -> (any Encoder)?

    private struct State {
        var status: Status
        var coming: (any Encoder)?
        /// Flipped away from, and not closed yet.
        var retired: [any Encoder] = []
    }

    private let load: Load
    private let state: Mutex<State>

    /// Tries to load the encoder; the outcome is in `status`.
    ///
    /// - Parameter load: makes the encoder; called again by `retry`.
    public init(load: @escaping Load) async {
        self.load = load
        state = Mutex(State(status: await Self.outcome(of: load)))
    }

    public var status: Status { state.withLock { $0.status } }

    /// Loaded, and waiting for the store's vectors to be its own.
    public var coming: (any Encoder)? { state.withLock { $0.coming } }

    public var identity: EncoderIdentity? {
        if case .ready(let encoder) = status { encoder.identity } else { nil }
    }

    /// Makes what `init` has loaded ready, before anything is asked.
    public func prepare(_ prepare: Prepare) async throws {
        guard case .ready(let encoder) = status else { return }
        try await take(encoder, preparing: prepare)
    }

    /// Loads once more, if the encoder is not there.
    ///
    /// - Returns: whether there is an encoder now and was not before.
    public func retry(preparing prepare: Prepare) async throws -> Bool {
        guard case .unavailable = status else { return false }
        switch await Self.outcome(of: load) {
        case .ready(let encoder): try await take(encoder, preparing: prepare)
        case .unavailable(let error): state.withLock { $0.status = .unavailable(error) }
        }
        return identity != nil
    }

    private func take(_ encoder: any Encoder, preparing prepare: Prepare) async throws {
        let serving = try await prepare(encoder)
        state.withLock { $0 = State(status: .ready(serving ?? encoder), coming: serving == nil ? nil : encoder) }
    }

    /// Has the coming encoder serve. The other one ends with `closeRetired`: questions may still be in it.
    func flip() {
        state.withLock { state in
            guard let coming = state.coming else { return }
            if case .ready(let old) = state.status { state.retired.append(old) }
            state.status = .ready(coming)
            state.coming = nil
        }
    }

    func closeRetired() async {
        let retired = state.withLock { state in
            defer { state.retired = [] }
            return state.retired
        }
        for encoder in retired { await encoder.close() }
    }

    /// Ends the encoders once what is queued is done.
    public func close() async {
        await coming?.close()
        await closeRetired()
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
