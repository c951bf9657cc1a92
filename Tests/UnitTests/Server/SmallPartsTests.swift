import Foundation
import Knowledge
import Server
import TestSupport
import Testing

@Suite("Small parts of the server")
struct SmallPartsTests {
    @Test("A sane request id is kept, any other replaced")
    func requestIDs() {
        #expect(RequestID.sane("abc-1.2_Z") == "abc-1.2_Z")
        #expect(RequestID.sane(String(repeating: "a", count: 128)) != nil)
        for bad in ["", "a b", "a\nb", "é", "<x>", String(repeating: "a", count: 129)] {
            #expect(RequestID.sane(bad) == nil)
        }
        #expect(RequestID.sane(RequestID.next()) != nil)
        #expect(RequestID.next() != RequestID.next())
    }

    @Test("Shares add up to one and are each within a millionth")
    func shares() {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let counts = (0..<4).map { _ in UInt64.random(in: 0...1_000, using: &random) }
            let shares = PerformanceAnalysis.shares(counts)
            let total = counts.reduce(0, +)
            guard total > 0 else { continue }
            #expect(abs(shares.reduce(0, +) - 1) < 1e-12, "seed \(seed)")
            for (share, count) in zip(shares, counts) {
                #expect(abs(share - Double(count) / Double(total)) <= 1e-6, "seed \(seed)")
            }
        }
        #expect(PerformanceAnalysis.shares([0, 0, 0, 0]) == [0, 0, 0, 0])
        #expect(PerformanceAnalysis.shares([1, 0, 0, 0]) == [1, 0, 0, 0])
    }

    @Test("Fixed decimals are written in full")
    func fixed() {
        #expect(Wording.fixed(12.34, decimals: 1) == "12.3")
        #expect(Wording.fixed(0, decimals: 1) == "0.0")
        #expect(Wording.fixed(-0.05, decimals: 2) == "-0.05")
        #expect(Wording.fixed(7.004, decimals: 3) == "7.004")
        #expect(Wording.fixed(.nan, decimals: 1) == "0")
        #expect(Wording.percent(100) == "100.0%")
    }

    @Test("A window's counts are those since its start; before that, since the server's")
    func windows() {
        let counter = Counter()
        let sampler = CounterSampler { CountSample(hot: TierCounts(hits: counter.value, misses: 0)) }
        func hits(_ window: CounterSampler.Window) -> UInt64 {
            let counts = sampler.counts(over: window)
            return counts.now.hot.since(counts.before.hot).hits
        }
        for second in 1...(CounterSampler.capacity + 500) {
            sampler.sample()
            counter.add()
            let expected = { (window: CounterSampler.Window) in UInt64(min(second, window.seconds)) }
            if second % 97 == 0 || second < 70 {
                for window in CounterSampler.Window.allCases { #expect(hits(window) == expected(window)) }
            }
        }
    }

    @Test("Any version will do without If-Match; the named ones else")
    func ifMatch() {
        #expect(IfMatch(nil) == nil)
        #expect(IfMatch(" * ") == nil)
        #expect(IfMatch("\"3\"")?.only == 3)
        #expect(IfMatch("\"3\", \"4\"")?.contains(4) == true)
        #expect(IfMatch("\"3\", \"4\"")?.only == nil)
        #expect(IfMatch("\"x\"")?.contains(1) == false)
    }

    @Test("A shutdown waits for what is in flight and lets nothing new in")
    func inFlight() async {
        let requests = RequestsInFlight()
        #expect(requests.enter())
        requests.close()
        #expect(!requests.enter())
        async let drained: Void = requests.drained(within: .seconds(10))
        requests.leave()
        await drained
        #expect(requests.count == 0)
    }

    @Test("An error has the one shape, and only what is meant for clients")
    func errorShape() throws {
        let body = Data(ContractError.notFound("No").body(requestID: "id-1"))
        let object = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        #expect(object["detail"] as? String == "No")
        let error = try #require(object["error"] as? [String: Any])
        #expect(error["code"] as? String == "NOT_FOUND")
        #expect(error["request_id"] as? String == "id-1")
        #expect(error["details"] is [String: Any])
    }
}
