import Foundation
import HotTier

/// Replays traces through the hot tier's eviction policies and through others, and prints the hit ratios in Markdown.
///
/// The one argument, if there is one, is the seed of the made traces.
@main
struct EvictionReplay {
    private static let seed = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 20_240_416
    private static let shares = [0.001, 0.01, 0.1]

    static func main() throws {
        printHead("trace", "cache", policyNames.map { "**\($0)**" } + referenceNames)
        var routed: [[String]] = []
        for make in try tracesBySize() {
            for share in shares {
                let trace = make(share)
                let answers = SampleAnswers(count: trace.distinctCount)
                let capacity = trace.capacity(share)
                let row = [trace.name, "\(percent(share)) = \(capacity)"]
                let ours = policies.map { HotAlone.hitRatio(of: trace, HotAlone($0, capacity: capacity, answers)) }
                printRow(row + (ours + references(trace, capacity)).map(percent))
                routed.append(row + policies.map { routedRatios(trace, $0, capacity, answers) })
            }
        }
        print()
        printHead("trace", "hot", policyNames)
        routed.forEach(printRow)
        print()
        printHead("policy", "nanoseconds a hit", [])
        for (name, policy) in zip(policyNames, policies) {
            printRow([name, String(format: "%.0f", HitCost.nanoseconds(policy, seed: seed))])
        }
    }

    private static let policies: [EvictionPolicy] = [.lru, .sieve, .s3fifo]
    private static let policyNames = ["LRU", "SIEVE", "S3-FIFO"]
    private static let referenceNames = ["plain LRU", "plain SIEVE", "plain S3-FIFO", "W-TinyLFU", "optimum"]

    /// What makes each trace for a cache of a given share of its keys.
    private static func tracesBySize() throws -> [(Double) -> Trace] {
        let fixed = [
            Trace.zipf(0.7, seed: seed), .zipf(0.99, seed: seed), .zipf(1.2, seed: seed), .scans(seed: seed),
            .shifting(seed: seed),
        ]
        let real = try Trace.identifiers()
        return fixed.map { trace in { _ in trace } } + [Trace.loop]
            + [real].compactMap { $0 }.map { trace in { _ in trace } }
    }

    private static func references(_ trace: Trace, _ capacity: Int) -> [Double] {
        [
            PlainLRU.hitRatio(of: trace, PlainLRU(capacity: capacity)),
            PlainSieve.hitRatio(of: trace, PlainSieve(capacity: capacity, distinctCount: trace.distinctCount)),
            PlainS3FIFO.hitRatio(of: trace, PlainS3FIFO(capacity: capacity, distinctCount: trace.distinctCount)),
            WTinyLFU.hitRatio(of: trace, WTinyLFU(capacity: capacity)),
            BeladyOptimum.hitRatio(of: trace, capacity: capacity),
        ]
    }

    /// Hits of hot, and of hot and warm together.
    private static func routedRatios(
        _ trace: Trace, _ policy: EvictionPolicy, _ capacity: Int, _ answers: SampleAnswers
    ) -> String {
        var tiers = RoutedTiers(policy, hotCapacity: capacity, answers)
        for key in trace.requests { tiers.ask(key) }
        let count = Double(trace.requests.count)
        return "\(percent(Double(tiers.hotHits) / count)), \(percent(Double(tiers.hotHits + tiers.warmHits) / count))"
    }

    private static func percent(_ ratio: Double) -> String { String(format: "%.1f %%", ratio * 100) }

    private static func printHead(_ first: String, _ second: String, _ others: [String]) {
        printRow([first, second] + others)
        print("|---|---|" + String(repeating: "---:|", count: others.count))
    }

    private static func printRow(_ cells: [String]) { print("| " + cells.joined(separator: " | ") + " |") }
}
