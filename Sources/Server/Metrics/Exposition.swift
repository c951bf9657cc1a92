package import Knowledge

/// Writes metrics as text that Prometheus scrapes: text format 0.0.4, or OpenMetrics 1.0.
///
/// Sources: prometheus.io/docs/instrumenting/exposition_formats and the OpenMetrics specification. They differ in
/// what a counter's family is called (OpenMetrics leaves `_total` off) and in the closing `# EOF`.
package struct Exposition {
    package enum Format: Sendable {
        case prometheus
        case openMetrics
    }

    package typealias Labels = [(name: String, value: String)]

    private let format: Format
    private(set) var text = ""

    package init(_ format: Format) {
        self.format = format
        text.reserveCapacity(16_384)
    }

    /// - Parameter name: without `_total`, which each sample gets.
    mutating func counter(_ name: String, _ help: String, _ samples: [(labels: Labels, value: UInt64)]) {
        head(format == .prometheus ? name + "_total" : name, "counter", help)
        for sample in samples { line(name + "_total", sample.labels, String(sample.value)) }
    }

    package mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        counter(name, help, [([], value)])
    }

    mutating func counter(_ name: String, _ help: String, seconds samples: [(labels: Labels, value: Double)]) {
        head(format == .prometheus ? name + "_total" : name, "counter", help)
        for sample in samples { line(name + "_total", sample.labels, Self.number(sample.value)) }
    }

    package mutating func gauge(_ name: String, _ help: String, _ samples: [(labels: Labels, value: Double)]) {
        head(name, "gauge", help)
        for sample in samples { line(name, sample.labels, Self.number(sample.value)) }
    }

    package mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        gauge(name, help, [([], value)])
    }

    /// - Parameter name: without `_info`. The text format has no such type: there it is a gauge of 1.
    mutating func info(_ name: String, _ help: String, _ labels: Labels) {
        head(format == .prometheus ? name + "_info" : name, format == .prometheus ? "gauge" : "info", help)
        line(name + "_info", labels, "1")
    }

    /// Durations in seconds, in buckets that all histograms share.
    package mutating func histogram(
        _ name: String, _ help: String, _ samples: [(labels: Labels, value: LatencySnapshot)]
    ) {
        head(name, "histogram", help)
        for (labels, snapshot) in samples {
            let count = snapshot.count
            for bucket in Self.buckets {
                let below = snapshot.cumulativeCount(upTo: bucket.nanoseconds)
                line(name + "_bucket", labels + [("le", bucket.label)], String(below))
            }
            line(name + "_bucket", labels + [("le", "+Inf")], String(count))
            line(name + "_sum", labels, Self.number(snapshot.sumSeconds))
            line(name + "_count", labels, String(count))
        }
    }

    /// The whole text. Nothing may be written after it.
    package func finished() -> String { format == .openMetrics ? text + "# EOF\n" : text }

    /// Upper bounds of the buckets, each one of `LatencyHistogram.boundsNanoseconds`, and how they are written.
    package static let buckets: [(nanoseconds: UInt64, label: String)] = [
        (10_000, "1e-05"), (25_000, "2.5e-05"), (50_000, "5e-05"), (100_000, "0.0001"), (250_000, "0.00025"),
        (500_000, "0.0005"), (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"),
        (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"), (100_000_000, "0.1"),
        (250_000_000, "0.25"), (500_000_000, "0.5"), (1_000_000_000, "1.0"), (2_500_000_000, "2.5"),
        (5_000_000_000, "5.0"), (10_000_000_000, "10.0"),
    ]

    private mutating func head(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(escapedHelp(help))\n# TYPE \(name) \(type)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{"
            text += labels.map { "\($0.name)=\"\(Self.escapedLabel($0.value))\"" }.joined(separator: ",")
            text += "}"
        }
        text += " \(value)\n"
    }

    /// Quotes are escaped in OpenMetrics only.
    private func escapedHelp(_ help: String) -> String {
        let escaped = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return format == .openMetrics ? escaped.replacing("\"", with: "\\\"") : escaped
    }

    static func escapedLabel(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return String(value)
    }
}
