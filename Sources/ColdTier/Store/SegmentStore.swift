import Synchronization

/// Which sealed block of which tenant's index is in which row of `segment`.
final class SegmentStore: Sendable {
    struct Contents {
        /// Tenant → serial of the block → id of the row.
        var rows: [String: [Int: Int64]] = [:]
        /// Rows that were unreadable, or another encoder's: to be deleted.
        var obsolete: [Int64] = []
    }

    private let contents: Mutex<Contents>

    init(_ contents: Contents) {
        self.contents = Mutex(contents)
    }

    func replace(_ new: Contents) {
        contents.withLock { $0 = new }
    }

    var count: Int { contents.withLock { $0.rows.values.reduce(0) { $0 + $1.count } } }

    func missing(_ serials: some Sequence<Int>, tenant: String) -> [Int] {
        contents.withLock { contents in serials.filter { contents.rows[tenant]?[$0] == nil } }
    }

    func insert(row: Int64, serial: Int, tenant: String) {
        contents.withLock { $0.rows[tenant, default: [:]][serial] = row }
    }

    /// Rows whose block is none of `serials` any more.
    func stale(tenant: String, current serials: Set<Int>) -> [Int64] {
        contents.withLock { contents in
            (contents.rows[tenant] ?? [:]).filter { !serials.contains($0.key) }.map(\.value)
        }
    }

    var obsolete: [Int64] { contents.withLock { $0.obsolete } }

    func remove(_ rows: Set<Int64>) {
        contents.withLock { contents in
            contents.obsolete.removeAll { rows.contains($0) }
            for tenant in contents.rows.keys {
                contents.rows[tenant] = contents.rows[tenant]?.filter { !rows.contains($0.value) }
            }
        }
    }
}
