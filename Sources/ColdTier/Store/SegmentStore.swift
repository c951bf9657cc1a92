import Synchronization

/// Which sealed block of which tenant's index is in which segment.
final class SegmentStore: Sendable {
    struct Stored {
        let id: Int64
        /// As long as any snapshot has the block, it may want originals of the segment.
        private(set) weak var storage: BlockStorage?
        /// The checksum of the centroids that its stored sign codes are relative to.
        var signs: UInt32?

        init(id: Int64, block: FlatBlock?, signs: UInt32? = nil) {
            self.id = id
            self.signs = signs
            storage = block?.storage
        }
    }

    struct Contents {
        /// Tenant → serial of the block → its segment.
        var rows: [String: [Int: Stored]] = [:]
        /// Segments that are of no use: to be deleted.
        var obsolete: [Stored] = []
        /// Tenant → checksum of its stored centroids.
        var clusters: [String: UInt32] = [:]
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

    /// The segment of a block that has sign codes which are not stored, relative to `clusters`.
    func withoutSigns(_ block: FlatBlock, clusters: UInt32, tenant: String) -> Int64? {
        contents.withLock { contents in
            guard block.signs != nil, let stored = contents.rows[tenant]?[block.serial], stored.signs != clusters,
                stored.storage === block.storage
            else { return nil }
            return stored.id
        }
    }

    func hasClusters(_ clusters: UInt32, tenant: String) -> Bool {
        contents.withLock { $0.clusters[tenant] == clusters }
    }

    func noteClusters(_ clusters: UInt32, tenant: String) {
        contents.withLock { $0.clusters[tenant] = clusters }
    }

    func noteSigns(of serial: Int, clusters: UInt32, tenant: String) {
        contents.withLock { $0.rows[tenant]?[serial]?.signs = clusters }
    }

    func insert(_ segment: Stored, serial: Int, tenant: String) {
        contents.withLock { $0.rows[tenant, default: [:]][serial] = segment }
    }

    /// Takes out, one at a time, a segment that no block of any snapshot needs any more.
    ///
    /// None as long as a sealed block has no segment: its rows may be in one that looks unneeded.
    /// - Parameter sealed: tenant → serials of its sealed blocks that have live rows, by the indices as they are now.
    func nextUnneeded(sealed: [String: Set<Int>]) -> Int64? {
        contents.withLock { contents in
            let allAreStored = sealed.allSatisfy { tenant, serials in
                serials.allSatisfy { contents.rows[tenant]?[$0] != nil }
            }
            guard allAreStored else { return nil }
            for (tenant, segments) in contents.rows {
                let serials = sealed[tenant] ?? []
                for (serial, segment) in segments where !serials.contains(serial) {
                    contents.rows[tenant]?[serial] = nil
                    contents.obsolete.append(segment)
                }
            }
            guard let index = contents.obsolete.firstIndex(where: { $0.storage == nil }) else { return nil }
            return contents.obsolete.remove(at: index).id
        }
    }

    /// Whether there are segments to be deleted once no search has their blocks.
    var hasUnneeded: Bool { contents.withLock { !$0.obsolete.isEmpty } }

    /// Gives back what could not be deleted.
    func keep(unneeded id: Int64) {
        contents.withLock { $0.obsolete.append(Stored(id: id, block: nil)) }
    }
}
