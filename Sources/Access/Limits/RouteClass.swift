/// What kind of work a request asks for, and how many tokens it costs.
public enum RouteClass: String, Sendable, CaseIterable {
    /// Probes: those who watch the server are not to be turned away.
    case probe
    /// Questions, searches, reads and votes.
    case read
    /// One item, one pin: a transaction, synced to disk.
    case write
    /// Work on many items: bulk, export, warm-up, flush, and all administration.
    case bulk

    /// By what they take of the machine, roughly: a write waits for a disk, the rest works on hundreds of items.
    public var cost: Int {
        switch self {
        case .probe: 0
        case .read: 1
        case .write: 2
        case .bulk: 10
        }
    }
}
