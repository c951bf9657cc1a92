import Embedding
import Knowledge
import Synchronization

/// An encoder whose questions wait at a gate while it is closed; items pass. For races that would else be rare.
final class GatedEncoder: Encoder {
    private struct State {
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let encoder: any Encoder
    private let state = Mutex(State())

    init(_ encoder: any Encoder) {
        self.encoder = encoder
    }

    var identity: EncoderIdentity { encoder.identity }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func closeGate() { state.withLock { $0.isClosed = true } }

    func openGate() {
        let waiting = state.withLock { state in
            defer { state = State() }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func encode(_ text: String) async throws(EncoderError) -> [Float] {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                if state.isClosed { state.waiting.append(continuation) }
                return state.isClosed
            }
            if !waits { continuation.resume() }
        }
        return try await encoder.encode(text)
    }

    func encode(batch: [String]) async throws(EncoderError) -> [[Float]] {
        try await encoder.encode(batch: batch)
    }

    func check() async throws(EncoderError) { try await encoder.check() }

    func close() async {}
}
