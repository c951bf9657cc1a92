import ColdTier
import GRDB

/// Makes every search of an open store fail, and work again, through a connection of its own to the store's file.
///
/// The table that each search reads first is renamed. So the fault lies in the file, as a real one does, and the
/// server under test runs the code that it always runs.
public struct ColdFault: Sendable {
    private let file: DatabaseQueue

    /// - Parameter directory: of a store that is open.
    public init(directory: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        file = try DatabaseQueue(path: directory + "/" + ColdTier.databaseName, configuration: configuration)
    }

    public func strike() async throws { try await rename("change", to: "change_out_of_reach") }
    public func heal() async throws { try await rename("change_out_of_reach", to: "change") }

    private func rename(_ name: String, to other: String) async throws {
        try await file.writeWithoutTransaction { db in
            // What refers to the table is to go on naming it as before.
            try db.execute(sql: "PRAGMA legacy_alter_table = ON; ALTER TABLE \(name) RENAME TO \(other)")
        }
    }
}
