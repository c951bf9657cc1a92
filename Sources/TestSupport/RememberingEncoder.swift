public import Embedding
public import Knowledge
import Synchronization

/// An encoder that encodes each text once and gives the same vector from then on: for long histories over few texts.
public final class RememberingEncoder: Encoder {
    private let encoder: any Encoder
    private let vectors = Mutex<[String: [Float]]>([:])

    public init(_ encoder: any Encoder) {
        self.encoder = encoder
    }

    public var identity: EncoderIdentity { encoder.identity }

    public func encode(_ text: String) async throws(EncoderError) -> [Float] {
        if let vector = vectors.withLock({ $0[text] }) { return vector }
        let vector = try await encoder.encode(text)
        vectors.withLock { $0[text] = vector }
        return vector
    }

    public func encode(batch: [String]) async throws(EncoderError) -> [[Float]] {
        var vectors: [[Float]] = []
        for text in batch { vectors.append(try await encode(text)) }
        return vectors
    }

    public func check() async throws(EncoderError) { try await encoder.check() }

    public func close() async {}
}
