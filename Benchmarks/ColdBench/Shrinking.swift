import ColdTier
import Foundation
import Knowledge
import Logging

/// What a store's file gives back when every second of its items is deleted, and what writes wait for meanwhile.
struct Shrinking: Encodable {
    let shrunkItems: Int
    /// Database and log: with all items, once half are deleted, once the background has nothing left to do, and after
    /// `ColdTier.compact`.
    let fileBytes: Int
    let fileBytesDeleted: Int
    let fileBytesShrunk: Int
    let fileBytesCompacted: Int
    /// From the last deletion until the background rests, and of `compact`.
    let shrinkS: Double
    let compactS: Double
    /// Of single items written one after the other with pauses while the background works.
    let writeP50Ms: Double
    let slowestWriteMs: Double

    private static let batch = 1_024
    private static let patience = Duration.seconds(600)

    private struct Text: Decodable {
        let issue: String
        let resolution: String
    }

    /// - Parameters:
    ///   - texts: NDJSON of items, as many as `base` has rows.
    ///   - folder: empty; the store is made in it.
    init(texts: String, _ base: FloatFile, folder: String) async throws {
        let lines = try String(contentsOfFile: texts, encoding: .utf8).split(separator: "\n").prefix(base.rowCount)
        let store = try await ColdTier.open(
            ColdTierConfiguration(
                directory: folder,
                encoder: EncoderIdentity(name: "cold", fingerprint: "cold", dimension: base.columnCount),
                logger: Logger(label: "cold") { _ in SwiftLogNoOpLogHandler() }))
        for start in stride(from: 0, to: lines.count, by: Self.batch) {
            let writes = try lines[start..<min(start + Self.batch, lines.count)].enumerated().map { place, line in
                let text = try JSONDecoder().decode(Text.self, from: Data(line.utf8))
                return ItemWrite.put(
                    tenant: .default, content: try ItemContent(issue: text.issue, resolution: text.resolution),
                    vector: base.row(start + place), skipUnchanged: false)
            }
            _ = try await store.write(writes)
        }
        shrunkItems = store.itemCount(.default)
        try await Self.rest(store)
        fileBytes = store.statistics().fileBytes

        let ids = stride(from: 2, through: Int64(lines.count), by: 2).map { ItemID($0) }
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            _ = try await store.write(
                ids[start..<min(start + Self.batch, ids.count)].map {
                    .delete(id: $0, tenant: .default, expectedVersion: nil)
                })
        }
        fileBytesDeleted = store.statistics().fileBytes
        let start = ContinuousClock.now
        async let milliseconds = Self.write(to: store, base)
        try await Self.rest(store)
        shrinkS = (ContinuousClock.now - start) / .seconds(1)
        fileBytesShrunk = store.statistics().fileBytes
        let written = try await milliseconds.sorted()
        writeP50Ms = written[written.count / 2]
        slowestWriteMs = written.last ?? 0
        let summary = try await store.compact()
        fileBytesCompacted = summary.fileBytes
        compactS = summary.milliseconds / 1_000
        await store.close()
    }

    /// Until neither dead items, free pages nor segments change any more.
    private static func rest(_ store: ColdTier) async throws {
        let start = ContinuousClock.now
        var last = store.statistics()
        var quietLooks = 0
        while quietLooks < 5 {
            try await Task.sleep(for: .milliseconds(300))
            let next = store.statistics()
            let isQuiet =
                next.deadShare < 0.25 && next.freeBytes == last.freeBytes && next.segments == last.segments
                && next.deadItems == last.deadItems
            quietLooks = isQuiet ? quietLooks + 1 : 0
            last = next
            guard ContinuousClock.now - start < patience else { throw Unusable(reason: "no rest: \(last)") }
        }
    }

    private static func write(to store: ColdTier, _ base: FloatFile) async throws -> [Double] {
        var milliseconds: [Double] = []
        for number in 0..<200 {
            let content = try ItemContent(issue: "written amid compaction, \(number)", resolution: "r")
            let start = ContinuousClock.now
            _ = try await store.write([
                .put(tenant: .default, content: content, vector: base.row(number), skipUnchanged: false)
            ])
            milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
            try await Task.sleep(for: .milliseconds(20))
        }
        return milliseconds
    }
}
