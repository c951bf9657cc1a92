public import Knowledge

/// Turns texts into vectors of one length and direction space, by which similar meanings lie close.
///
/// A text's vector depends on the text and `identity` alone: not on what was encoded with it, before it or beside
/// it. Vectors have length 1. Any task may call; calls wait without holding a thread.
public protocol Encoder: Sendable {
    var identity: EncoderIdentity { get }

    /// The vector of a question. Goes before batches.
    func encode(_ text: String) async throws(EncoderError) -> [Float]

    /// The vectors of many texts, in their order. Faster for each than one at a time; one failure fails all.
    func encode(batch: [String]) async throws(EncoderError) -> [[Float]]

    /// Whether it encodes at the moment; throws what stands in the way. Cheap enough to ask every few seconds.
    func check() async throws(EncoderError)

    /// Refuses new texts, encodes those that wait, and gives back what it holds.
    func close() async
}
