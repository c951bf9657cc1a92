import ColdTier
import Foundation
import Knowledge
import Logging
import Sealing

/// A store of the sample knowledge repeated with numbers, measured.
struct MeasuredStore {
    static let heading = """
        | store | bulk items/s | a write, p50 ms | p99 | hybrid search, p50 ms | p99 | start, ms | bytes of the file an item |
        |---|---:|---:|---:|---:|---:|---:|---:|
        """
    private static let dimension = 384
    private static let batch = 256
    private static let singleWrites = 300
    private static let searches = 1_000
    private static let starts = 5

    let samples: [SampleKnowledge]
    let itemCount: Int

    private func content(_ number: Int) throws -> ItemContent {
        let sample = samples[number % samples.count]
        return try ItemContent(issue: "\(sample.issue) (host \(number))", resolution: "\(sample.resolution) \(number)")
    }

    private func write(_ number: Int) throws -> ItemWrite {
        .put(tenant: .default, content: try content(number), vector: Self.vector(number), skipUnchanged: false)
    }

    /// A unit vector that a number determines.
    private static func vector(_ number: Int) -> [Float] {
        var state = UInt64(bitPattern: Int64(number)) &* 0x9E37_79B9_7F4A_7C15 | 1
        let components = (0..<dimension).map { _ -> Float in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Float(Int32(truncatingIfNeeded: state)) / Float(Int32.max)
        }
        let norm = components.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return components.map { $0 / norm }
    }

    private func open(_ directory: String, dictionaryItems: Int, keyRing: KeyRing?) async throws -> ColdTier {
        var configuration = ColdTierConfiguration(
            directory: directory,
            encoder: EncoderIdentity(name: "numbers", fingerprint: "0123456789abcdef", dimension: Self.dimension),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }, keyRing: keyRing)
        configuration.dictionaryItems = dictionaryItems
        return try await ColdTier.open(configuration)
    }

    /// Prints a row; returns the folder of the store.
    func run(_ name: String, dictionaryItems: Int, keyRing: KeyRing?) async throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "thermocline-texts-\(UUID().uuidString)"
        ).path(percentEncoded: false)
        var store = try await open(directory, dictionaryItems: dictionaryItems, keyRing: keyRing)
        // Enough for a dictionary, which bulk then has from the beginning.
        let first = min(2_000, itemCount / 2)
        _ = try await store.write((0..<first).map(write))
        try await store.recode(steps: 1)
        try await store.finishRecoding()
        let bulk = try await Self.seconds {
            for start in stride(from: first, to: itemCount, by: Self.batch) {
                _ = try await store.write(
                    store.prepare((start..<min(start + Self.batch, itemCount)).map(write), isBulk: true))
            }
        }
        try await store.finishBulk()
        var writes: [Double] = []
        for number in itemCount..<itemCount + Self.singleWrites {
            let write = try write(number)
            writes.append(try await Self.seconds { _ = try await store.write([write]) })
        }
        var searches: [Double] = []
        for number in 0..<Self.searches {
            let text = samples[number * 7 % samples.count].issue.foldedQuestion()
            let search = ColdSearch(
                tenant: .default, text: text, vector: Self.vector(number), topK: 5, minScore: 0, strategy: .hybrid)
            searches.append(try await Self.seconds { _ = try await store.search(search) })
        }
        await store.close()
        var starts: [Double] = []
        for _ in 0..<Self.starts {
            starts.append(
                try await Self.seconds {
                    store = try await open(directory, dictionaryItems: dictionaryItems, keyRing: keyRing)
                })
            await store.close()
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: directory + "/" + ColdTier.databaseName)[.size]
        let perItem = (bytes as? Int ?? 0) / (itemCount + Self.singleWrites)
        print(
            "| \(name) | \(Int(Double(itemCount - first) / bulk)) | \(Self.quantile(writes, 0.5)) | "
                + "\(Self.quantile(writes, 0.99)) | \(Self.quantile(searches, 0.5)) | \(Self.quantile(searches, 0.99)) | "
                + "\(Self.quantile(starts, 0.5)) | \(perItem) |")
        return directory
    }

    /// Seals a store that was not, and prints how long that takes.
    func seal(_ directory: String, keyRing: KeyRing?) async throws {
        let store = try await open(directory, dictionaryItems: .max, keyRing: keyRing)
        let seconds = try await Self.seconds { try await store.finishRecoding() }
        await store.close()
        print(
            "sealing \(itemCount + Self.singleWrites) items that were plain, VACUUM included: \(Self.format(seconds)) s"
        )
    }

    private static func seconds(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return Double((ContinuousClock.now - start) / .microseconds(1)) / 1e6
    }

    /// In milliseconds.
    private static func quantile(_ seconds: [Double], _ share: Double) -> String {
        let sorted = seconds.sorted()
        return format(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1_000)
    }

    private static func format(_ value: Double) -> String { String(format: "%.3f", value) }
}
