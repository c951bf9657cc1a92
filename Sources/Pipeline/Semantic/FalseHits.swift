import ColdTier
public import Knowledge
import Synchronization

/// Which reuses proved false when the question was searched afresh, for each tenant, and the threshold that follows.
///
/// Bounded: the tenants whose reuses were verified last, `maximumTenants` of them. One that is forgotten begins again with
/// the threshold that is set. Any thread.
public final class FalseHits: Sendable {
    /// About 1.5 KB each; they are labels of metrics too.
    public static let maximumTenants = 256

    /// A fresh search's first result must be closer to the question than the reused first one by more than this, or the
    /// two are as good as each other: two wordings of one question differ by as much in all their similarities.
    static let similarityMargin = 0.02

    /// What was found of one tenant's reuses since the start, or since it was last forgotten.
    public struct Record: Sendable, Hashable {
        public fileprivate(set) var verified: UInt64 = 0
        public fileprivate(set) var falseHits: UInt64 = 0
        fileprivate var controller: ThresholdController

        /// The least cosine at which this tenant's answers are reused now.
        public var threshold: Double { controller.threshold }

        /// `nil` before the first verification.
        public var rate: Double? { verified == 0 ? nil : Double(falseHits) / Double(verified) }

        public var interval: WilsonInterval {
            WilsonInterval(successes: Double(falseHits), trials: Double(verified))
        }
    }

    private let fresh: Record
    private let records = Mutex(RecencyTable<Tenant, Record>())

    init(_ controller: ThresholdController) {
        fresh = Record(controller: controller)
    }

    public func record(of tenant: Tenant) -> Record { records.withLock { $0.peek(tenant) } ?? fresh }

    /// Of all tenants remembered, by name.
    public var all: [(tenant: Tenant, record: Record)] {
        records.withLock { Array($0.entries) }.map { ($0.key, $0.value) }.sorted { $0.0.name < $1.0.name }
    }

    package func note(isFalse: Bool, tenant: Tenant) {
        records.withLock { records in
            var record = records.remove(tenant) ?? fresh
            record.verified += 1
            if isFalse { record.falseHits += 1 }
            record.controller.note(isFalse: isFalse)
            records.insert(tenant, record)
            if records.count > Self.maximumTenants { _ = records.removeLeastRecent() }
        }
    }

    /// A reuse is false when a fresh search puts another item first, and closer by more than `similarityMargin`.
    package static func isFalse(reused: [RankedItem], fresh: [RankedItem]) -> Bool {
        guard let best = fresh.first else { return false }
        guard let first = reused.first else { return true }
        return best.item.id != first.item.id && best.similarity - first.similarity > similarityMargin
    }
}
