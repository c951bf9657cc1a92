public import ColdTier
import Embedding
public import Knowledge

/// Takes knowledge in: encodes what is searched for, and hands it to cold in one transaction.
///
/// Nothing is swept from hot or warm: an answer's validity is checked when it is found (see `Invalidate`).
public struct Ingest: Sendable {
    /// Items given a vector in one step of catching up.
    static let pendingBatchSize = 64

    private let cold: ColdTier
    private let encoder: EncoderSlot

    public init(cold: ColdTier, encoder: EncoderSlot) {
        self.cold = cold
        self.encoder = encoder
    }

    /// Adds an item, or replaces the tenant's item of the same issue.
    public func put(_ content: ItemContent, for caller: Caller) async throws(ColdError) -> ItemOutcome {
        try await one(content) {
            .put(tenant: caller.tenant, content: content, vector: $0, skipUnchanged: false)
        }
    }

    public func update(
        _ id: ItemID, _ content: ItemContent, expectedVersion: Int?, for caller: Caller
    ) async throws(ColdError) -> ItemOutcome {
        try await one(content) {
            .update(
                id: id, tenant: caller.tenant, content: content, vector: $0, expectedVersion: expectedVersion)
        }
    }

    public func delete(_ id: ItemID, expectedVersion: Int?, for caller: Caller) async throws(ColdError) -> ItemOutcome {
        try await one(PreparedWrites([.delete(id: id, tenant: caller.tenant, expectedVersion: expectedVersion)]))
    }

    /// Counts the caller's vote on an item, in place of an earlier one of theirs.
    ///
    /// - Returns: false when the tenant has no such item.
    public func vote(isHelpful: Bool, on id: ItemID, for caller: Caller) async throws(ColdError) -> Bool {
        try await cold.vote(isHelpful: isHelpful, on: id, tenant: caller.tenant, caller: caller.subject)
    }

    /// Adds or replaces many, all or none.
    ///
    /// - Parameter skipUnchanged: leaves items alone that are already as given, so that a repeated import is cheap.
    /// - Returns: an outcome an item, in order.
    public func put(
        batch: [ItemContent], skipUnchanged: Bool, for caller: Caller
    ) async throws(ColdError) -> [ItemOutcome] {
        try await put(prepare(batch: batch, skipUnchanged: skipUnchanged, for: caller))
    }

    /// Encodes items and works out what is stored of them: all of `put(batch:skipUnchanged:for:)` but its transaction.
    public func prepare(batch: [ItemContent], skipUnchanged: Bool, for caller: Caller) async -> PreparedWrites {
        let embedded = await embed(batch)
        return cold.prepare(
            batch.indices.map { index in
                .put(
                    tenant: caller.tenant, content: batch[index], vector: embedded?.vectors[index],
                    skipUnchanged: skipUnchanged)
            }, encoder: embedded?.encoder)
    }

    /// Makes prepared writes, all or none.
    public func put(_ writes: PreparedWrites) async throws(ColdError) -> [ItemOutcome] {
        try await cold.write(writes)
    }

    /// Readies items whose vectors were made elsewhere, by the same encoder, to be put in bulk. Pure; any thread.
    public func prepare(
        batch: [ItemContent], vectors: [[Float]], for caller: Caller
    ) -> PreparedWrites {
        cold.prepare(
            zip(batch, vectors).map { content, vector in
                .put(tenant: caller.tenant, content: content, vector: vector, skipUnchanged: true)
            }, isBulk: true)
    }

    /// The vectors that items get: for the check of those made elsewhere. Throws `EncoderError`.
    public func encode(_ batch: [ItemContent]) async throws -> [[Float]] {
        switch encoder.status {
        case .ready(let encoder): try await encoder.encode(batch: batch.map(\.embeddedText))
        case .unavailable(let error): throw error
        }
    }

    /// Gives vectors to items stored while there was no encoder, until all have one or the encoder fails.
    ///
    /// - Returns: how many got one.
    @discardableResult
    public func embedPending() async throws(ColdError) -> Int {
        var done = 0
        while true {
            let pending = try await cold.itemsWithoutVector(limit: Self.pendingBatchSize)
            guard !pending.isEmpty, let embedded = await embed(pending.map(\.content)) else { return done }
            _ = try await cold.write(
                PreparedWrites(
                    pending.indices.map { index in
                        .setVector(
                            id: pending[index].id, tenant: pending[index].tenant, version: pending[index].version,
                            vector: embedded.vectors[index])
                    }, encoder: embedded.encoder))
            done += pending.count
        }
    }

    private func one(
        _ content: ItemContent, _ write: ([Float]?) -> ItemWrite
    ) async throws(ColdError) -> ItemOutcome {
        let embedded = await embed([content])
        return try await one(PreparedWrites([write(embedded?.vectors.first)], encoder: embedded?.encoder))
    }

    private func one(_ write: PreparedWrites) async throws(ColdError) -> ItemOutcome {
        let outcomes = try await cold.write(write)
        guard let outcome = outcomes.first else { return .notFound }
        return outcome
    }

    /// `nil` when the encoder is away: the items are stored all the same, found by their words, and given
    /// their vectors later.
    private func embed(_ contents: [ItemContent]) async -> (vectors: [[Float]], encoder: String)? {
        guard case .ready(let encoder) = encoder.status,
            let vectors = try? await encoder.encode(batch: contents.map(\.embeddedText))
        else { return nil }
        return (vectors, encoder.identity.fingerprint)
    }
}

extension ItemContent {
    /// What of an item is encoded.
    var embeddedText: String { issue.foldedQuestion() }
}
