public import Foundation
import GRDB

/// Reads and alters what the file of a closed store holds, as somebody would who has the file.
public struct StoreBytes: Sendable {
    private let directory: String

    public init(in directory: String) {
        self.directory = directory
    }

    private func file() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        return try DatabaseQueue(path: directory + "/thermocline.sqlite", configuration: configuration)
    }

    /// A column of an item, or of another table's row.
    public func value(_ column: String, of id: Int64, in table: String = "item") async throws -> Data {
        try await file().read { db in
            try Data.fetchOne(db, sql: "SELECT \(column) FROM \(table) WHERE id = ?", arguments: [id]) ?? Data()
        }
    }

    public func set(_ column: String, of id: Int64, in table: String = "item", to value: Data) async throws {
        try await file().write { db in
            try db.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE id = ?", arguments: [value, id])
        }
    }

    public func execute(_ sql: String) async throws {
        try await file().write { try $0.execute(sql: sql) }
    }

    /// Files below the directory in which a text stands as it is, in UTF-8.
    public func files(with text: String) throws -> [String] { try files(with: Data(text.utf8)) }

    public func files(with bytes: Data) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        return names.filter { name in
            FileManager.default.contents(atPath: directory + "/" + name)?.range(of: bytes) != nil
        }.sorted()
    }
}
