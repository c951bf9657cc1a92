import Foundation
public import Knowledge

/// Checks prepared vectors against the items that they are said to belong to, before any is imported.
public struct VectorImport: Sendable {
    /// Items encoded anew for comparison. Rows that have slipped are all wrong behind the slip: the sample is spread over the
    /// whole source.
    public static let sampleCount = 32
    /// Another build of the same model stays above it, another model or text far below.
    public static let leastSimilarity = 0.999

    public let vectors: VectorFile
    private let source: String

    public init(vectors: VectorFile, of source: String) {
        self.vectors = vectors
        self.source = source
    }

    /// Reads the source once through: there must be as many records as rows, and the vectors of some of them must be those
    /// that `encode` makes of their items.
    ///
    /// Blocks its thread for seconds a gigabyte.
    public func check(
        stop: StopRequest, encode: @Sendable ([ItemContent]) async throws -> [[Float]]
    ) async throws {
        var reader = try RecordReader(
            InputFile(path: source).reader(stop: stop), format: SourceFormat(fileName: source))
        var sample: [(row: Int, line: Int, item: ItemContent)] = []
        let step = max(1, vectors.rowCount / Self.sampleCount)
        var count = 0
        while true {
            if count % step == 0, sample.count < Self.sampleCount {
                guard let record = try reader.next() else { break }
                if case .item(let item) = record.outcome { sample.append((count, record.line, item)) }
            } else {
                guard try reader.skip() else { break }
            }
            count += 1
        }
        guard !stop.isMade else { return }
        guard count == vectors.rowCount else {
            throw ImportFailure.badVectors(
                path: vectors.path, reason: "it has \(vectors.rowCount) rows, but \(source) has \(count) records")
        }
        let expected = try await encode(sample.map(\.item))
        for (entry, expected) in zip(sample, expected) {
            guard let vector = try vectors.rows(entry.row..<entry.row + 1).first else { continue }
            let similarity = zip(vector, expected).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            guard similarity >= Self.leastSimilarity else {
                let shown = (similarity * 1000).rounded() / 1000
                throw ImportFailure.badVectors(
                    path: vectors.path,
                    reason: "row \(entry.row + 1) is not the vector of \(source):\(entry.line) (similarity \(shown))")
            }
        }
    }
}
