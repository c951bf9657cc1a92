package import Knowledge
import Synchronization

/// Keeps any one place in the code from filling the log: so many lines a second, the rest counted. Any thread.
package final class LogSampler: Sendable {
    /// Enough to see that something goes on, and what.
    package static let linesASecond = 20
    /// There are fewer places that log than this; beyond, all share one allowance.
    static let maximumPlaces = 1_024

    private struct Place: Sendable {
        var second: Int64 = 0
        var count = 0
        var leftOut = 0
    }

    private struct Key: Hashable, Sendable {
        let file: String
        let line: UInt
    }

    private let places = Mutex<[Key: Place]>([:])

    package init() {}

    /// Whether a line may be written now.
    ///
    /// - Returns: `nil` when it may not; else how many of the same place were left out since the last.
    package func admit(file: String, line: UInt, at now: Timestamp) -> Int? {
        let second = now.milliseconds / 1_000
        return places.withLock { places in
            var key = Key(file: file, line: line)
            if places[key] == nil, places.count >= Self.maximumPlaces { key = Key(file: "", line: 0) }
            var place = places[key] ?? Place()
            defer { places[key] = place }
            if place.second != second {
                place.second = second
                place.count = 0
            }
            place.count += 1
            guard place.count <= Self.linesASecond else {
                place.leftOut += 1
                return nil
            }
            defer { place.leftOut = 0 }
            return place.leftOut
        }
    }
}
