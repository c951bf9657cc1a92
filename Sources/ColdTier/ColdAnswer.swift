public import Knowledge

/// What a search found, all of it at one change number.
public struct ColdAnswer: Sendable {
    public let changeNumber: ChangeNumber
    /// Best first: by score, then by id.
    public let results: [RankedItem]
    /// Items that could have been found: those of the tenant that pass the filters and, in a vector search, have
    /// a vector.
    public let itemsSearched: Int
    /// What was done; never `auto`.
    public let strategy: SearchStrategy
    /// The epoch of the lexical statistics that ranked it.
    public let rankingEpoch: Int
    public let steps: [ColdSearchStep]
    /// What the results depend on.
    public let footprint: Footprint
}

/// One part of a search, for a reply that explains itself.
public struct ColdSearchStep: Sendable, Hashable {
    public enum Name: String, Sendable, CaseIterable {
        /// Waiting for a connection and agreeing with the index on a change number.
        case snapshot
        /// Finding the items that category and tags leave.
        case filter
        case vector
        case lexical
        case fusion
        /// Reading the items of the results.
        case rows

        /// Its place in `allCases`.
        var place: Int {
            switch self {
            case .snapshot: 0
            case .filter: 1
            case .vector: 2
            case .lexical: 3
            case .fusion: 4
            case .rows: 5
            }
        }
    }
    public let name: Name
    public let microseconds: Double
    /// How many items it came down to.
    public let candidates: Int
}
