import Synchronization

/// The sealer of one purpose that is in force: replaced while the process runs, when its keys are. Any thread.
public final class LiveSealer: Sendable {
    private let purpose: String
    private let sealer: Mutex<Sealer>

    public init(_ ring: KeyRing, purpose: String) {
        self.purpose = purpose
        sealer = Mutex(Sealer(ring, purpose: purpose))
    }

    public var current: Sealer { sealer.withLock { $0 } }

    public func replace(_ ring: KeyRing) {
        let new = Sealer(ring, purpose: purpose)
        sealer.withLock { $0 = new }
    }
}
