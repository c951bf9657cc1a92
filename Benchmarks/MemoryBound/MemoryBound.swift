import Embedding
import Foundation
import HotTier
import Knowledge
import Pipeline
import Routing
import Synchronization

/// Sends different questions, none asked twice, through everything in memory that is keyed by questions, and prints after
/// each million what the process takes and what each part holds.
///
/// The one argument, if there is one, is the number of questions.
@main
final class MemoryBound: Sendable {
    private static let questions = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000_000
    private static let reportInterval = 1_000_000
    /// Asked at once: more than the in-flight table takes.
    private static let batch = 4_000
    private static let dimension = 384
    private static let replyBytes = [UInt8](repeating: 0x20, count: 1_500)

    private let ledger = AccessLedger()
    private let ghost = GhostCache()
    private let vectors = EmbeddingCache()
    private let flights = Flights()
    private let hot = HotTier(capacity: 1_000, maximumBytes: 64 << 20, expiredKeptMilliseconds: 300_000)
    private let mostInFlight = Atomic(0)
    private let refused = Counter()

    static func main() async {
        let run = MemoryBound()
        print("| questions | resident MiB | ledger | ghost keys | vectors | hot | most in flight | refused in flight |")
        print("|---:|---:|---:|---:|---:|---:|---:|---:|")
        run.report(0)
        for first in stride(from: 0, to: questions, by: batch) {
            await run.ask(first..<min(first + batch, questions))
            let asked = min(first + batch, questions)
            if asked % reportInterval == 0 || asked == questions { run.report(asked) }
        }
    }

    private func ask(_ numbers: Range<Int>) async {
        await withTaskGroup(of: Void.self) { group in
            for number in numbers { group.addTask { await self.ask(number) } }
        }
    }

    private func ask(_ number: Int) async {
        let key = QuestionKey(
            Question(text: "question number \(number)"), tenant: .default, encoder: "e", rankingEpoch: 1)
        let fingerprint = Fingerprint(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
        let now = TimeSource.system.now()
        _ = ledger.record(fingerprint, at: now)
        ghost.record(fingerprint)
        let outcome = try? await flights.join(key, arrival: ChangeNumber(1)) {
            self.mostInFlight.max(self.flights.count, ordering: .relaxed)
            self.vectors.insert([Float](repeating: 0, count: Self.dimension), for: fingerprint)
            let answer = Answer(
                tenant: .default, fingerprint: fingerprint, key: key, changeNumber: ChangeNumber(1), computedAt: now,
                expiresAt: now.adding(milliseconds: 1), quality: 0.5, resultCount: 1, itemsSearched: 1,
                fragment: Self.replyBytes)
            _ = self.hot.admit(answer)
            await Task.yield()
            return .success(
                Computed(answer: answer, servedBy: .cold, degraded: [], placement: .placed(.hot), steps: []))
        }
        if outcome == nil { refused.add() }
    }

    private func report(_ asked: Int) {
        let row = [
            asked, Self.residentMebibytes, ledger.count, ghost.curve().sampledKeys, vectors.statistics.count, hot.count,
            mostInFlight.load(ordering: .relaxed), Int(clamping: refused.value),
        ]
        print("| " + row.map(String.init).joined(separator: " | ") + " |")
        // Whoever watches through a pipe is to see it now.
        fflush(nil)
    }

    private static var residentMebibytes: Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        let pages = fields.dropFirst().first.flatMap { Int($0) } ?? 0
        return (pages * Int(sysconf(Int32(_SC_PAGESIZE)))) >> 20
    }
}
