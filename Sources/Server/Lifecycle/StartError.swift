/// Why the server did not start: one line that says what to do about it.
public enum StartError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Another process, `owner` by its id where known, has the data directory.
    case inUse(owner: Int?, String)
    case failed(String)

    public var description: String {
        switch self {
        case .inUse(_, let line), .failed(let line): line
        }
    }
}
