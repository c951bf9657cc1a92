import Import

/// How far a step of a backup, a verification or a restore is.
struct ByteProgress: ShownProgress {
    let step: String
    let doneBytes: Int
    let totalBytes: Int
    let elapsed: Duration

    private var fraction: Double { totalBytes == 0 ? 1 : min(1, Double(doneBytes) / Double(totalBytes)) }
    private var figures: String { "\(Int(fraction * 100)) %  \(doneBytes.inMegabytes) of \(totalBytes.inMegabytes)" }

    var plainLine: String { "\(step): \(figures)" }

    func barLine(columns: Int) -> String {
        barLine(name: step, fraction: fraction, figures: figures, columns: columns)
    }
}

extension Int {
    /// Bytes for a person.
    var inMegabytes: String {
        let tenths = (self + 50_000) / 100_000
        return "\((tenths / 10).grouped).\(tenths % 10) MB"
    }
}
