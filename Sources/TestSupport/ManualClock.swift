public import Knowledge
import Synchronization

/// A clock that moves only when a test says so.
public final class ManualClock: Sendable {
    private let milliseconds: Mutex<Int64>

    public init(at start: Timestamp) {
        milliseconds = Mutex(start.milliseconds)
    }

    public var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    public var timeSource: TimeSource { TimeSource { self.now } }

    public func set(_ time: Timestamp) {
        milliseconds.withLock { $0 = time.milliseconds }
    }

    public func advance(milliseconds step: Int64) {
        milliseconds.withLock { $0 += step }
    }
}
