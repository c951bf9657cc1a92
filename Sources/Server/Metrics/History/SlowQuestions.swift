package import Knowledge
import Synchronization

/// Keeps the slowest questions of the last hour. Any thread; a question that is not slow pays for one atomic load.
///
/// Bounded by `capacity` of questions, each of at most a question's and its steps' length: less than a megabyte. A tenant
/// holds at most `tenantCapacity` of them, so that none pushes all of another's out.
package final class SlowQuestions: Sendable {
    package static let capacity = 128
    package static let tenantCapacity = 64
    /// What hot answers in microseconds is never slow.
    package static let least = Duration.milliseconds(1)
    package static let maximumAgeMilliseconds: Int64 = 3_600_000

    private let kept = Mutex<[SlowQuestion]>([])
    /// In microseconds: what took no longer would not be kept now.
    private let floor = Atomic<Int64>(SlowQuestions.microseconds(SlowQuestions.least))

    package init() {}

    /// Whether a question that took so long may be kept; made to be asked before anything is put together.
    package func isSlow(_ elapsed: Duration) -> Bool {
        Self.microseconds(elapsed) > floor.load(ordering: .relaxed)
    }

    package func note(_ question: SlowQuestion) {
        kept.withLock { kept in
            forgetOld(&kept, at: question.askedAt)
            kept.append(question)
            if kept.count(where: { $0.tenant == question.tenant }) > Self.tenantCapacity {
                dropFastest(of: &kept) { $0.tenant == question.tenant }
            } else if kept.count > Self.capacity {
                dropFastest(of: &kept) { _ in true }
            }
            publishFloor(of: kept)
        }
    }

    /// A tenant's, the slowest first.
    package func slowest(_ limit: Int, of tenant: Tenant, at now: Timestamp) -> [SlowQuestion] {
        let found = kept.withLock { kept -> [SlowQuestion] in
            forgetOld(&kept, at: now)
            publishFloor(of: kept)
            return kept.filter { $0.tenant == tenant }
        }
        return Array(found.sorted { $0.elapsed > $1.elapsed }.prefix(limit))
    }

    private func forgetOld(_ kept: inout [SlowQuestion], at now: Timestamp) {
        kept.removeAll { now.milliseconds(since: $0.askedAt) > Self.maximumAgeMilliseconds }
    }

    private func dropFastest(of kept: inout [SlowQuestion], where isConsidered: (SlowQuestion) -> Bool) {
        let candidates = kept.indices.filter { isConsidered(kept[$0]) }
        if let fastest = candidates.min(by: { kept[$0].elapsed < kept[$1].elapsed }) { kept.remove(at: fastest) }
    }

    /// Only when all places are taken is there a floor beside the least.
    private func publishFloor(of kept: [SlowQuestion]) {
        let fastest = kept.count < Self.capacity ? nil : kept.map(\.elapsed).min()
        floor.store(Self.microseconds(fastest ?? Self.least), ordering: .relaxed)
    }

    /// Lets go of what is too old, for a floor of an hour ago says nothing of now.
    package func forgetOld(at now: Timestamp) {
        kept.withLock { kept in
            forgetOld(&kept, at: now)
            publishFloor(of: kept)
        }
    }

    private static func microseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
    }
}
