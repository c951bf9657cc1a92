import ColdTier
import Foundation
import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing

/// Measurements, not tests: `scripts/bench semantic` runs them.
@Suite(
    "The cost of semantic hits", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["THERMOCLINE_MEASURE"] != nil))
struct SemanticCost {
    private static let dimension = 384
    private static let scans = 2_000
    private static let questions = 400

    @Test("Microseconds of finding the closest of so many kept questions")
    func scan() throws {
        var random = SeededGenerator(seed: 1)
        print("| kept questions | scan p50 | p99 |\n|---:|---:|---:|")
        for count in [100, 1_000, 10_000] {
            let tier = HotTier(capacity: count, maximumBytes: 1 << 30, findsSimilar: true)
            var scope: [UInt8] = []
            for number in 0..<count {
                let vector = SampleVectors.unit(Self.dimension, using: &random)
                let answer = Answer.sample("question \(number)", footprint: .sample(question: vector))
                scope = answer.key.scope
                _ = tier.admit(answer)
            }
            let asked = SampleVectors.unit(Self.dimension, using: &random)
            let none = Fingerprint(high: 0, low: 0)
            var times: [Double] = []
            var found = 0
            for _ in 0..<Self.scans {
                let start = ContinuousClock.now
                found += tier.nearest(to: asked, scope: scope, excluding: none, limit: 5).count
                times.append((ContinuousClock.now - start) / .microseconds(1))
            }
            #expect(found == 5 * Self.scans)
            print("| \(count) | \(Self.figure(times, 0.5)) µs | \(Self.figure(times, 0.99)) µs |")
        }
    }

    @Test("A reused answer beside a fresh search, by the number of items", arguments: [322, 10_000, 100_000])
    func reuse(items: Int) async throws {
        let semantic = try SemanticHits.sample()
        let stack = try await TestStack(
            redis: nil, encoder: try await RealEncoder.shared(), rules: RoutingRules(hotAccessThreshold: 1),
            semantic: semantic)
        try await Self.fill(stack, items)
        let pairs = Self.pairs.shuffled().prefix(Self.questions)
        for pair in pairs { _ = try await stack.lookup.answer(Question(text: pair.kept), for: .anonymous) }
        var (whole, step): ([Match: [Double]], [Match: [Double]]) = ([:], [:])
        for (index, pair) in pairs.enumerated() {
            // In turn, so that what else runs on the machine meets both.
            let reply = try await stack.lookup.answer(
                Question(text: pair.asked), for: .anonymous, semanticThreshold: index.isMultiple(of: 2) ? nil : 1)
            let steps = Dictionary(reply.steps.map { ($0.name, Double($0.microseconds)) }) { $0 + $1 }
            whole[reply.match, default: []].append(reply.elapsed / .microseconds(1))
            step[reply.match, default: []].append(
                reply.match == .semantic ? steps["hot.semantic"] ?? 0 : steps["cold.search"] ?? 0)
        }
        for match in [Match.semantic, .search] {
            let (whole, step) = (whole[match] ?? [], step[match] ?? [])
            print(
                "| \(items) | \(match.rawValue) | \(step.count) | \(Self.figure(step, 0.5)) µs | \(Self.figure(step, 0.99)) µs "
                    + "| \(Self.figure(whole, 0.5)) µs |")
        }
        print("| \(items) | refused, by rule | " + Self.refusals(semantic) + " |")
        await stack.close()
    }

    /// Real items first, then random vectors, which a search scans as it does others.
    private static func fill(_ stack: TestStack, _ count: Int) async throws {
        let folder = URL(filePath: SemanticHits.guardListsFolder).deletingLastPathComponent()
            .appending(path: "knowledge")
        var contents: [ItemContent] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).sorted(
            by: {
                $0.path < $1.path
            })
        {
            struct Line: Decodable { let issue, resolution: String }
            for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
                let item = try JSONDecoder().decode(Line.self, from: Data(line))
                contents.append(try ItemContent(issue: item.issue, resolution: item.resolution))
            }
        }
        _ = try await stack.ingest.put(batch: contents, skipUnchanged: true, for: .anonymous)
        var random = SeededGenerator(seed: 2)
        for start in stride(from: contents.count, to: count, by: 1_000) {
            _ = try await stack.tiers.cold.write(
                try (start..<min(count, start + 1_000)).map { number in
                    .put(
                        tenant: .default,
                        content: try ItemContent(issue: "random item \(number)", resolution: "nothing to do"),
                        vector: SampleVectors.unit(dimension, using: &random), skipUnchanged: false)
                })
        }
    }

    private static let pairs: [(kept: String, asked: String)] = {
        let places = ["jenkins", "gitlab", "docker", "kubernetes", "ansible", "grafana", "kafka", "nginx"]
        let things = ["nightly job", "release pipeline", "login page", "package cache", "log rotation", "health probe"]
        let troubles = [
            "hangs for hours", "starts twice", "loses its settings", "ignores the proxy", "uses too much memory",
            "reports a timeout", "stops after an upgrade", "shows an old version", "waits for a lock",
        ]
        var pairs: [(kept: String, asked: String)] = []
        for place in places {
            for thing in things {
                for trouble in troubles {
                    pairs.append(("in \(place), the \(thing) \(trouble)", "the \(thing) \(trouble) in \(place)"))
                }
            }
        }
        return pairs
    }()

    private static func refusals(_ semantic: SemanticHits) -> String {
        ReuseVerdict.counted.filter { semantic.candidates($0) > 0 }
            .map { "\($0.name) \(semantic.candidates($0))" }.joined(separator: ", ")
    }

    private static func figure(_ times: [Double], _ fraction: Double) -> String {
        let sorted = times.sorted()
        guard !sorted.isEmpty else { return "–" }
        let value = sorted[min(sorted.count - 1, Int(fraction * Double(sorted.count)))]
        return value.formatted(.number.precision(.fractionLength(1)).grouping(.never))
    }
}
