public import Dispatch
import Foundation
import Synchronization

/// Whether someone has asked to stop (Ctrl-C or a termination signal). Any thread may ask it.
public final class StopRequest: Sendable {
    private let made = Atomic(false)

    public init() {}

    public var isMade: Bool { made.load(ordering: .acquiring) }
    public func make() { made.store(true, ordering: .releasing) }

    /// From now on the first SIGINT or SIGTERM makes the request; a second one ends the process as ever.
    public func listenToSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { [self] in
                make()
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
    }
}
