/// How far an import is, and how fast, as shown to a person.
public struct ImportProgress: ShownProgress {
    /// Of the source, without folders.
    public var name: String
    /// Records acknowledged or rejected, in this run and those that it continues.
    public var records = 0
    public var rejected = 0
    /// Those of them that earlier runs had done.
    public var resumedRecords = 0
    public var bytes = 0
    public var resumedBytes = 0
    /// `nil` for a pipe.
    public var totalBytes: Int?
    public var elapsed = Duration.zero

    public init(name: String, totalBytes: Int? = nil) {
        self.name = name
        self.totalBytes = totalBytes
    }

    public var recordsPerSecond: Double {
        elapsed > .zero ? Double(records - resumedRecords) / (elapsed / .seconds(1)) : 0
    }

    /// 0…1.
    public var fraction: Double? {
        guard let totalBytes else { return nil }
        return totalBytes == 0 ? 1 : min(1, Double(bytes) / Double(totalBytes))
    }

    /// Time until the end at the speed of this run.
    public var remaining: Duration? {
        guard let totalBytes, bytes > resumedBytes else { return nil }
        return elapsed * (Double(max(0, totalBytes - bytes)) / Double(bytes - resumedBytes))
    }

    public func barLine(columns: Int) -> String {
        barLine(name: name, fraction: fraction, figures: figures, columns: columns)
    }

    public var plainLine: String { "\(name): \(figures)" }

    private var figures: String {
        var parts: [String] = []
        if let fraction { parts.append("\(Int(fraction * 100)) %") }
        parts.append("\(records.grouped) items")
        if rejected > 0 { parts.append("\(rejected.grouped) rejected") }
        parts.append("\(Int(recordsPerSecond.rounded()).grouped)/s")
        if let remaining { parts.append("ETA \(remaining.clockForm)") }
        return parts.joined(separator: "  ")
    }
}

extension Int {
    /// With a comma between thousands.
    public var grouped: String {
        let digits = String(magnitude)
        let marks = digits.enumerated().map { position, digit in
            position > 0 && (digits.count - position) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }
        return (self < 0 ? "-" : "") + marks.joined()
    }
}

extension Duration {
    /// `m:ss`, or `h:mm:ss` from an hour on; seconds rounded up.
    public var clockForm: String {
        let seconds = components.seconds + (components.attoseconds > 0 ? 1 : 0)
        func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        guard seconds >= 3600 else { return "\(seconds / 60):\(twoDigits(seconds % 60))" }
        return "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
    }
}
