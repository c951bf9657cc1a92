import GRDB
import Synchronization

/// What reading the whole store found.
public struct StoreVerification: Sendable, Hashable {
    /// What is wrong, a line each; empty when the store is whole.
    public let problems: [String]
    public let items: Int
    public let changeNumber: Int64
    /// Originals of vectors whose checksum was wrong since the start: their items are embedded again by themselves.
    public let damagedVectors: Int
}

extension ColdTier {
    /// Lines that a verification says at most: a damaged page is often wrong in many ways.
    private static let maximumProblems = 100

    /// Reads every page of the database as of now, its indices and references too, while searches and writes go on.
    ///
    /// Blocks the calling thread, which must be the caller's own.
    package func verify() throws(ColdError) -> StoreVerification {
        guard !counters.isClosed else { throw .closed }
        do {
            let snapshot = try pool.makeSnapshot()
            defer { try? snapshot.close() }
            return try snapshot.read { db in
                StoreVerification(
                    problems: try DatabaseIntegrity.problems(of: db, limit: Self.maximumProblems),
                    items: try Int.fetchOne(db, sql: "SELECT count(*) FROM item") ?? 0,
                    changeNumber: try WriteTransaction.lastSequence(db),
                    damagedVectors: published.withLock { $0.damagedVectors })
            }
        } catch {
            throw ColdError(error, directory: directory)
        }
    }
}
