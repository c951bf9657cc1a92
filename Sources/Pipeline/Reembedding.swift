import ColdTier
import Embedding
import HotTier
public import Knowledge
import Synchronization

/// Embeds every item anew by the coming encoder, in the background, and then has the store flip to it.
///
/// Questions are answered by the serving encoder until the flip. Items behind hot's answers come first. Half of the time is
/// left to others, for two encoders on one machine do not know of each other's questions. What is done is kept across
/// restarts.
public final class Reembedding: Sendable {
    /// Items embedded in one step.
    static let batchSize = 64
    /// Answers of hot whose items go first.
    static let maximumHotAnswers = 10_000
    /// The longest pause between steps.
    static let maximumPause = Duration.seconds(1)
    /// Flips tried with no item missing; writes that never pause would put it off for ever.
    static let completeAttempts = 20

    /// How far it is.
    public struct Progress: Sendable, Hashable {
        public let encoder: EncoderIdentity
        public internal(set) var done: Int
        public let total: Int
        /// Why it does not go on at the moment.
        public internal(set) var problem: String?
    }

    private let tiers: TierStack
    /// As in `StoredEncoder`.
    private let place: String?
    private let current = Mutex<Progress?>(nil)

    public init(_ tiers: TierStack, place: String?) {
        self.tiers = tiers
        self.place = place
    }

    /// `nil` while no encoder is coming.
    public var progress: Progress? {
        guard let coming = tiers.encoder.coming?.identity else { return nil }
        let known = current.withLock { $0 }
        let total = tiers.cold.statistics().items
        return Progress(
            encoder: coming, done: min(known?.done ?? 0, total), total: total, problem: known?.problem)
    }

    /// Does all of it, or goes on where it was; ends early when the task is cancelled.
    ///
    /// Throws when the coming encoder or the store fails; called again it goes on.
    /// - Returns: the encoder that serves from now on; `nil` when none was coming or the task was cancelled.
    public func run() async throws -> EncoderIdentity? {
        guard let coming = tiers.encoder.coming else { return nil }
        do {
            let isDone = try await run(coming)
            return isDone ? coming.identity : nil
        } catch {
            current.withLock { $0?.problem = "\(error)" }
            throw error
        }
    }

    private func run(_ coming: any Encoder) async throws -> Bool {
        let done = try await tiers.cold.beginReembedding(coming.identity)
        current.withLock { $0 = Progress(encoder: coming.identity, done: done, total: 0) }
        for ids in hottestItems() {
            guard !Task.isCancelled else { return false }
            let items = try await tiers.cold.itemsToReembed(by: coming.identity, among: ids, limit: ids.count)
            try await embed(items, by: coming)
        }
        var attempts = 0
        while try await embedRest(by: coming) {
            let allowed = attempts < Self.completeAttempts ? 0 : Self.batchSize
            let slot = tiers.encoder
            let missing = try await tiers.cold.flip(
                to: StoredEncoder(coming.identity, place: place), allowedMissing: allowed
            ) { slot.flip() }
            if missing <= allowed {
                await slot.closeRetired()
                return true
            }
            attempts += 1
        }
        return false
    }

    /// Items behind the answers in hot, the most recently used first, in steps.
    private func hottestItems() -> [[ItemID]] {
        var seen: Set<ItemID> = []
        let items = tiers.hot.answersOldestFirst().suffix(Self.maximumHotAnswers).reversed()
            .flatMap { $0.footprint?.candidates ?? [] }
            .filter { seen.insert($0).inserted }
        return stride(from: 0, to: items.count, by: Self.batchSize).map {
            Array(items[$0..<min($0 + Self.batchSize, items.count)])
        }
    }

    /// False when the task was cancelled.
    private func embedRest(by coming: any Encoder) async throws -> Bool {
        var last = ItemID(0)
        while !Task.isCancelled {
            let items = try await tiers.cold.itemsToReembed(
                by: coming.identity, after: last, limit: Self.batchSize)
            guard let end = items.last?.id else { return true }
            try await embed(items, by: coming)
            last = end
        }
        return false
    }

    private func embed(_ items: [ItemWithoutVector], by coming: any Encoder) async throws {
        guard !items.isEmpty else { return }
        let start = ContinuousClock.now
        let vectors = try await coming.encode(batch: items.map(\.content.embeddedText))
        let outcomes = try await tiers.cold.write(
            zip(items, vectors).map { item, vector in
                .prepareVector(
                    id: item.id, tenant: item.tenant, version: item.version, vector: vector,
                    encoder: coming.identity)
            })
        let count = outcomes.count { if case .vectorSet = $0 { true } else { false } }
        current.withLock { progress in
            progress?.done += count
            progress?.problem = nil
        }
        try? await Task.sleep(for: min(.now - start, Self.maximumPause))
    }
}
