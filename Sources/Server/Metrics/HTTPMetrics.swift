import HTTPTypes
import Knowledge

/// Counts replies. Any thread; two counters and a histogram's two a reply.
final class HTTPMetrics: Sendable {
    /// The classes that a status may be of, as labels.
    static let statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"]

    /// From a request's head to its reply's.
    let duration = LatencyHistogram()
    private let counts = statusClasses.map { _ in Counter() }

    func count(_ status: HTTPResponse.Status, took elapsed: Duration) {
        duration.record(elapsed)
        let place = status.code / 100 - 1
        // Ours are all between 200 and 599.
        guard counts.indices.contains(place) else { return }
        counts[place].add()
    }

    /// - Parameter name: one of `statusClasses`.
    func replies(ofClass name: String) -> UInt64 {
        zip(Self.statusClasses, counts).first { $0.0 == name }?.1.value ?? 0
    }
}
