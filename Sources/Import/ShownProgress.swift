/// What `ProgressDisplay` shows.
public protocol ShownProgress: Sendable {
    /// Since the beginning.
    var elapsed: Duration { get }
    /// One line for a log.
    var plainLine: String { get }
    /// One line of at most `columns` characters.
    func barLine(columns: Int) -> String
}

extension ShownProgress {
    /// Name, bar and figures in one line. The bar is the first to give way, then the name.
    ///
    /// - Parameter fraction: 0…1; `nil` for no bar.
    public func barLine(name: String, fraction: Double?, figures: String, columns: Int) -> String {
        let room = columns - figures.count - 1
        guard room >= ProgressBar.minimumNameLength else { return String(figures.prefix(columns)) }
        let shownName = name.count <= room ? name : "…" + name.suffix(room - 1)
        let barRoom = min(room - shownName.count - 3, ProgressBar.maximumLength)
        guard let fraction, barRoom >= ProgressBar.minimumLength else { return "\(shownName) \(figures)" }
        let filled = Int(fraction * Double(barRoom))
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barRoom - filled)
        return "\(shownName) [\(bar)] \(figures)"
    }
}

/// Lengths in characters.
private enum ProgressBar {
    static let minimumNameLength = 8
    static let minimumLength = 10
    static let maximumLength = 40
}
