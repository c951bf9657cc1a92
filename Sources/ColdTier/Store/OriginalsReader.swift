import Foundation
import GRDB

/// Reads chunks of segments' originals, on a connection of its own: a search that needs one is inside a read transaction.
///
/// Any thread; one read at a time, tens of microseconds when the system has the pages. It sees the last commit, so a
/// segment must not be deleted while a block still wants originals of it: see `ColdTier.deleteSegment`.
final class OriginalsReader: Sendable {
    private let queue: DatabaseQueue

    init(directory: String) throws {
        var configuration = StoreFile.configuration(readers: 1)
        configuration.readonly = true
        configuration.label = "thermocline.cold.originals"
        queue = try DatabaseQueue(path: directory + "/" + StoreFile.name, configuration: configuration)
    }

    func close() throws { try queue.close() }

    func read(chunk: Int, of segment: Int64) throws -> [UInt8]? {
        try queue.read { db in
            try SegmentRow.withPart(.originals(chunk: chunk), of: segment, in: db) { $0.map { Array($0) } }
        }
    }
}
