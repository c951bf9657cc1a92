import Sealing

/// What seals cached answers, each in its place.
struct AnswerSealers: Sendable {
    let warm: LiveSealer
    let snapshot: LiveSealer

    init(_ ring: KeyRing) {
        warm = LiveSealer(ring, purpose: "answers")
        snapshot = LiveSealer(ring, purpose: "snapshot")
    }

    func replace(_ ring: KeyRing) {
        warm.replace(ring)
        snapshot.replace(ring)
    }
}
