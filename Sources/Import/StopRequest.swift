import Synchronization

/// Whether someone has asked to stop (Ctrl-C or a termination signal). Any thread may ask it.
public final class StopRequest: Sendable {
    private let made = Atomic(false)

    public init() {}

    public var isMade: Bool { made.load(ordering: .acquiring) }
    public func make() { made.store(true, ordering: .releasing) }
}
