import Dispatch
import Foundation

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process as ever.
///
/// Listens until `end`, which its owner calls.
public struct SignalListener {
    private let sources: [any DispatchSourceSignal]

    public init(_ stop: StopRequest) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                stop.make()
                signal(number, SIG_DFL)
            }
            source.resume()
            return source
        }
    }

    public func end() {
        for source in sources { source.cancel() }
    }
}
