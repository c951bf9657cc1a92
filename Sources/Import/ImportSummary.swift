/// How an import ended.
public struct ImportSummary: Sendable {
    public enum Ending: Sendable, Hashable {
        case finished
        /// This file, in this state, had been imported into this store before.
        case nothingToDo
        /// On request, after the batch in hand.
        case interrupted
        case stoppedAtBadRecord(line: Int)
    }

    public let name: String
    public let ending: Ending
    /// Of this run and those that it continued.
    public let counts: ImportCounts
    /// Of this run.
    public let elapsed: Duration
    /// Where the rejected records are; `nil` when there are none.
    public let rejectedPath: String?

    /// A pipe cannot be read again.
    public let isResumable: Bool

    /// All of it went in.
    public var isComplete: Bool {
        switch ending {
        case .finished, .nothingToDo: counts.rejected == 0
        case .interrupted, .stoppedAtBadRecord: false
        }
    }

    /// Whether the next file is to be imported too.
    public var allowsNext: Bool { ending == .finished || ending == .nothingToDo }

    /// Two or three lines for a person.
    public var text: String {
        let figures =
            "\(counts.created.grouped) created, \(counts.replaced.grouped) replaced, "
            + "\(counts.unchanged.grouped) unchanged, \(counts.rejected.grouped) rejected"
        var lines: [String] = []
        switch ending {
        case .finished: lines.append("\(name): \(figures) in \(seconds) s")
        case .nothingToDo:
            let bad = counts.rejected > 0 ? ", but for \(counts.rejected.grouped) rejected records" : ""
            lines.append("\(name): nothing to do, it was imported before\(bad) (--again imports it all)")
        case .interrupted:
            lines.append("\(name): stopped; \(figures) so far, in \(seconds) s")
            if isResumable { lines.append("The same command goes on from here.") }
        case .stoppedAtBadRecord(let line):
            lines.append("\(name): stopped at the bad record on line \(line); \(figures) so far, in \(seconds) s")
        }
        if let rejectedPath { lines.append("Rejected records, with line and reason: \(rejectedPath)") }
        return lines.joined(separator: "\n")
    }

    private var seconds: String {
        let tenths = Int((elapsed / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
