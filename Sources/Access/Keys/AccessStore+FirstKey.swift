import Foundation
import GRDB
public import Knowledge

extension AccessStore {
    /// Holds the key that the first operator begins with.
    public static let firstKeyFileName = "operator.key"

    /// Makes an operator's key where there has never been any key, and leaves it in a file that its owner alone can
    /// read: a log may go anywhere.
    ///
    /// The file comes first: cut short before the key counts, the next start makes another.
    ///
    /// - Returns: the file's path; `nil` when there are keys already.
    public func createFirstKey(at now: Timestamp) async throws(AccessError) -> String? {
        let path = directory + "/" + Self.firstKeyFileName
        let key = AccessKey.random()
        let record = KeyRecord(
            id: key.id, tenant: .default, role: .operator, name: "first operator", createdAt: now, revokedAt: nil)
        let digest = Array(key.digest)
        let isFirst = try await write { db in
            guard try Int.fetchOne(db, sql: "SELECT count(*) FROM access_key") == 0 else { return false }
            try Self.write(key.text + "\n", to: path)
            try KeyRow.insert(db, record, digest: digest)
            try AuditChain.append(
                [
                    AuditEntry(
                        at: now, tenant: nil, subject: "server", action: .keyCreate, target: "key " + record.id,
                        details: [.init("tenant", record.tenant.name), .init("role", record.role.rawValue)])
                ], db)
            return true
        }
        guard isFirst else { return nil }
        keys.add(record, digest: digest)
        return path
    }

    private static func write(_ text: String, to path: String) throws(AccessError) {
        // A file from before may have other rights, and an open one other readers.
        unlink(path)
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { Foundation.close(descriptor) }
        guard Foundation.write(descriptor, text, text.utf8.count) == text.utf8.count, fsync(descriptor) == 0 else {
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> AccessError {
        errno == ENOSPC ? .storageFull(file: path) : .unreadable(file: path, detail: String(cString: strerror(errno)))
    }
}
