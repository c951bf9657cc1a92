import Knowledge

/// The last changes of the store, each with the item as it left it: what answers are checked against.
///
/// A value. The writer changes its copy after each commit and replaces the published one before it publishes the change
/// number; a check works on the copy that it took, without a lock.
///
/// Invariant: the blocks hold exactly the changes in (`floor`, `end`], in order and without gaps. The oldest block goes
/// when the rest still holds `capacity` changes, or when all are over `maximumBytes`.
struct ChangeRing {
    /// Changes remembered; a check of all of them takes about as long as a search.
    static let capacity = 10_000
    /// With at most 256 words a change, what 10,000 changes at 384 dimensions may come to; most come to a third of it.
    static let maximumBytes = 32 << 20

    struct TenantEntry {
        /// Its number in the blocks.
        let number: Int32
        /// The last change after which its words were weighed anew.
        var epochTurn: Int64 = 0
    }

    /// Answers up to this change cannot be checked.
    private(set) var floor: Int64
    /// The last change.
    private(set) var end: Int64
    private(set) var blocks: [ChangeBlock] = []
    /// Tenants written to since the start: no more than the store has.
    private var tenants: [String: TenantEntry] = [:]
    private var byteCount = 0

    /// An empty ring that knows nothing of the changes up to `end`.
    init(end: Int64) {
        floor = end
        self.end = end
    }

    func entry(of tenant: Tenant) -> TenantEntry? { tenants[tenant.name] }

    /// Adds what a transaction has changed, in order of the numbers, which end with `end`.
    ///
    /// - Parameter epochTurns: tenants whose words are weighed anew from now on.
    mutating func append(
        _ changes: [(tenant: String, state: ItemState)], end newEnd: Int64, epochTurns: [String], dimension: Int
    ) {
        guard end + Int64(changes.count) == newEnd else {
            // A change that left no state would make every check a guess: forget, and begin again from here.
            self = ChangeRing(end: newEnd)
            return
        }
        for (tenant, state) in changes {
            let number = number(of: tenant)
            if blocks.last.map({ $0.isFull || $0.dimension != dimension }) ?? true {
                blocks.append(ChangeBlock(firstSequence: end + 1, dimension: dimension))
            }
            let last = blocks.count - 1
            byteCount -= blocks[last].byteCount
            blocks[last].append(state, tenant: number)
            byteCount += blocks[last].byteCount
            end += 1
        }
        for tenant in epochTurns {
            let number = number(of: tenant)
            tenants[tenant] = TenantEntry(number: number, epochTurn: end)
        }
        forgetOldest()
    }

    private mutating func number(of tenant: String) -> Int32 {
        if let entry = tenants[tenant] { return entry.number }
        let number = Int32(clamping: tenants.count)
        tenants[tenant] = TenantEntry(number: number)
        return number
    }

    private mutating func forgetOldest() {
        while blocks.count > 1, let oldest = blocks.first {
            let left = end - oldest.lastSequence
            guard left >= Int64(Self.capacity) || byteCount > Self.maximumBytes else { return }
            byteCount -= oldest.byteCount
            floor = oldest.lastSequence
            blocks.removeFirst()
        }
    }
}
