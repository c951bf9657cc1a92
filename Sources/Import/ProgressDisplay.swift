import Foundation

/// Shows progress: a bar that moves on a terminal, a line now and then elsewhere. Notes go between.
public struct ProgressDisplay: Sendable {
    /// Where it is not a terminal, one line in this time: a log stays short, a person knows that it goes on.
    public static let plainInterval = Duration.seconds(2)
    /// Redrawing more often than an eye can follow only costs time.
    public static let barInterval = Duration.milliseconds(100)

    private let columns: Int?
    private let write: @Sendable (String) -> Void
    private var lastShown: Duration?
    private var isBarDrawn = false

    /// - Parameters:
    ///   - columns: width of the terminal; `nil` where there is none.
    ///   - write: takes text that ends lines by itself.
    public init(columns: Int?, write: @escaping @Sendable (String) -> Void) {
        self.columns = columns
        self.write = write
    }

    /// On the standard error output.
    public static func standardError() -> ProgressDisplay {
        ProgressDisplay(columns: terminalColumns()) { FileHandle.standardError.write(Data($0.utf8)) }
    }

    /// - Parameter isLast: shown in any case.
    public mutating func show(_ progress: some ShownProgress, isLast: Bool = false) {
        let interval = columns == nil ? Self.plainInterval : Self.barInterval
        guard isLast || progress.elapsed - (lastShown ?? .zero) >= interval else { return }
        lastShown = progress.elapsed
        guard let columns else { return write(progress.plainLine + "\n") }
        write("\r\u{1B}[K" + progress.barLine(columns: columns - 1) + (isLast ? "\n" : ""))
        isBarDrawn = !isLast
    }

    /// A whole line of text; a bar that stands there is drawn again by the next `show`.
    public mutating func note(_ text: String) {
        write((isBarDrawn ? "\r\u{1B}[K" : "") + text + "\n")
        isBarDrawn = false
    }

    private static let narrowestTerminal = 20

    private static func terminalColumns() -> Int? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return max(Int(size.ws_col), narrowestTerminal)
    }
}
