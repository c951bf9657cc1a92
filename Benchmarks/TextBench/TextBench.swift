import ColdTier
import Foundation
import Knowledge
import Sealing

/// Measures what compressing and sealing texts saves and costs, on the sample knowledge and on a store made of it.
///
/// The one argument, if there is one, is the number of items of the store.
@main
enum TextBench {
    private static let itemCount = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000

    static func main() async throws {
        let samples = try SampleKnowledge.load()
        print("| texts | bytes | LZ4 alone | dictionary, quick | dictionary | as stored |")
        print("|---|---:|---:|---:|---:|---:|")
        CompressionRatios.report("issues", samples.map(\.issue))
        CompressionRatios.report("resolutions", samples.map(\.resolution))
        print("")
        let store = MeasuredStore(samples: samples, itemCount: itemCount)
        print(MeasuredStore.heading)
        let plain = try await store.run("plain", dictionaryItems: .max, keyRing: nil)
        _ = try await store.run("compressed", dictionaryItems: 1_000, keyRing: nil)
        let ring = SealingKey(bytes: Array(repeating: 7, count: SealingKey.byteCount)).map { KeyRing(current: $0) }
        _ = try await store.run("compressed and sealed", dictionaryItems: 1_000, keyRing: ring)
        print("")
        try await store.seal(plain, keyRing: ring)
    }
}
