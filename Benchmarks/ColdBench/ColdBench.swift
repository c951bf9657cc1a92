import ColdTier
import Foundation

/// Measures the cold tier's index on vectors and questions that `Benchmarks/support/cold` made, as its `peers.py` does
/// with peers, and prints the same JSON lines; before them, how fast this machine reads memory.
///
/// Arguments: the base and the questions as `.npy` files of 32-bit floats, the least similarity that counts for each
/// question as another. Or `shrink`, the items' texts, the base and an empty folder: see `Shrinking`.
@main
struct ColdBench {
    private static let threads = [1, 2]
    /// One item in so many passes.
    private static let filters = [100, 10_000]

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "shrink", arguments.count == 4 {
            return try print(
                line: await Shrinking(texts: arguments[1], FloatFile(arguments[2]), folder: arguments[3]))
        }
        guard arguments.count == 3 else {
            throw Unusable(
                reason: "usage: ColdBench BASE.npy QUERIES.npy TRUTH.npy | shrink TEXTS.ndjson BASE.npy FOLDER")
        }
        let files = try arguments.map(FloatFile.init)
        let (base, queries, bounds) = (files[0], files[1], files[2])
        let bandwidths = threads.map { ReadBandwidth.gigabytesASecond(threads: $0) }
        for (threads, bandwidth) in zip(threads, bandwidths) {
            try print(line: BandwidthLine(threads: threads, readGigabytesASecond: bandwidth))
        }

        let before = try Memory.privateBytes()
        let start = ContinuousClock.now
        let index = try AskedIndex(base)
        let buildSeconds = (ContinuousClock.now - start) / .seconds(1)
        let residentBytes = try Memory.privateBytes() - before

        let questions = (0..<queries.rowCount).map(queries.row)
        // Built after memory was weighed.
        let exact = try AskedIndex(base, isExact: true)
        let ranked = try questions.map { Set(try exact.answer($0, threads: 1)) }
        for (threads, bandwidth) in zip(threads, bandwidths) {
            // Without a second thread's help a lone question takes what it takes on one.
            let latency =
                threads == 1 || index.splitsAQuestion
                ? try SearchLatency(index, questions, threads: threads) : nil
            let share = latency.map { recalls(of: $0.answers, questions, base, bounds) }
            let firstPassBytes = Double(index.firstPassByteCount)
            try print(
                line: ResultLine(
                    items: base.rowCount, threads: threads, asked: latency?.milliseconds.count,
                    p50Ms: latency?.quantile(0.5), p99Ms: latency?.quantile(0.99),
                    perSecond: try SearchRate.perSecond(index, questions, askers: threads),
                    batchPerSecond: try SearchRate.batchPerSecond(index, questions, threads: threads),
                    eightPerSecond: threads == 1
                        ? nil : try SearchRate.perSecond(index, questions, askers: 8, shares: true),
                    eightAlonePerSecond: threads == 1
                        ? nil : try SearchRate.perSecond(index, questions, askers: 8),
                    recall: share?.exact, recallRounded: share?.rounded,
                    recallRanked: latency.map { recall(of: $0.answers, ranked) },
                    residentBytesPerVector: Double(residentBytes) / Double(base.rowCount), buildS: buildSeconds,
                    firstPassBytesPerVector: firstPassBytes / Double(base.rowCount),
                    firstPassReadMs: firstPassBytes / bandwidth / 1e6))
        }
        for oneIn in filters {
            try print(
                line: try FilteredSearch(index, exact: exact, questions, items: base.rowCount, oneIn: oneIn))
        }
    }

    private static func recall(of answers: [[Int]], _ ranked: [Set<Int>]) -> Double {
        let found = zip(answers, ranked).reduce(0) { $0 + $1.1.intersection($1.0).count }
        return Double(found) / Double(answers.count * AskedIndex.k)
    }

    /// The mean share of ten answers that are as similar as the tenth best, to within `tolerance`, and that when both
    /// are rounded as replies show them, for so the index ranks. As `truth.py` has it.
    private static func recalls(
        of answers: [[Int]], _ questions: [[Float]], _ base: FloatFile, _ bounds: FloatFile
    ) -> (exact: Double, rounded: Double) {
        var exact = 0
        var rounded = 0
        for (number, answer) in answers.enumerated() {
            let bound = Double(bounds.row(number)[0]) - tolerance
            for row in Set(answer) {
                let similarity = zip(base.row(row), questions[number]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                if similarity >= bound { exact += 1 }
                if shown(similarity) >= shown(bound) { rounded += 1 }
            }
        }
        let wanted = Double(answers.count * AskedIndex.k)
        return (Double(exact) / wanted, Double(rounded) / wanted)
    }

    /// What f32 sums differ by.
    private static let tolerance = 1e-6
    private static func shown(_ similarity: Double) -> Double { (similarity * 10_000).rounded() }

    private static func print(line: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Swift.print(String(decoding: try encoder.encode(line), as: UTF8.self))
    }
}

/// Why nothing was measured.
struct Unusable: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
