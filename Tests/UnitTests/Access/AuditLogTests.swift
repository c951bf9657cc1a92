import Access
import Foundation
import GRDB
import Knowledge
import TestSupport
import Testing

@Suite("The audit log")
struct AuditLogTests {
    private static let day: Int64 = 86_400_000

    private func entry(_ number: Int, tenant: String? = "team", day: Int64 = 0) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: day * Self.day + Int64(number)), tenant: tenant.flatMap { Tenant($0) },
            subject: "key:abc", keyID: "abc", action: .knowledgeReplace, target: "item \(number)",
            requestID: "r\(number)",
            details: [.init("version", number), .init("note", "quote \" and \u{1} and ü")])
    }

    private func log(_ directory: TemporaryDirectory) async throws -> (AccessStore, AuditLog) {
        let store = try await AccessStore.open(directory: directory.path)
        return (store, AuditLog(store))
    }

    /// Changes the file as somebody would who has it, past this program.
    private func tamper(_ directory: TemporaryDirectory, _ sql: String) throws {
        let queue = try DatabaseQueue(path: directory.path + "/" + AccessStore.fileName)
        try queue.write { db in
            try db.execute(sql: "DROP TRIGGER IF EXISTS audit_keeps_lines; DROP TRIGGER IF EXISTS audit_keeps_all")
            try db.execute(sql: sql)
        }
        try queue.close()
    }

    @Test("Lines come back newest first, by tenant, and the chain holds over restarts")
    func pages() async throws {
        let directory = try TemporaryDirectory()
        for run in 0..<3 {
            let (store, log) = try await log(directory)
            try await withThrowingTaskGroup { group in
                for number in 0..<50 {
                    group.addTask {
                        try await log.append([entry(run * 50 + number, tenant: number % 2 == 0 ? "team" : "other")])
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.writtenCount == 50)
            await store.close()
        }
        let (store, log) = try await log(directory)
        try await log.append([entry(999, tenant: nil)])
        let all = try await log.page(of: nil, before: nil, limit: 1_000)
        #expect(all.map(\.seq) == (1...151).reversed())
        let team = try await log.page(of: Tenant("team"), before: nil, limit: 1_000)
        #expect(team.count == 75 && team.allSatisfy { $0.line.contains(#""tenant":"team""#) })
        let second = try await log.page(of: Tenant("team"), before: team[9].seq, limit: 10)
        #expect(second == Array(team[10..<20]))
        let found = try await log.verify()
        #expect(found.firstBreak == nil && found.lineCount == 151 && found.lastSeq == 151)
        let object = try JSONSerialization.jsonObject(with: Data(all[0].line.utf8)) as? [String: Any]
        #expect(object?["target"] as? String == "item 999" && object?["tenant"] is NSNull)
        await store.close()
    }

    @Test(
        "Verifying names the first line that somebody changed, removed, put in or moved",
        arguments: [
            ("UPDATE audit SET line = replace(line, 'item 4', 'item 5') WHERE seq = 5", 5),
            ("UPDATE audit SET tenant = 'other' WHERE seq = 7", 7),
            ("UPDATE audit SET at = at + 1 WHERE seq = 7", 7),
            ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 3", 3),
            ("DELETE FROM audit WHERE seq = 6", 6),
            ("DELETE FROM audit WHERE seq < 4", 1),
            (
                "DELETE FROM audit WHERE seq < 4; UPDATE audit_start SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4)",
                4
            ),
            (
                "UPDATE audit SET seq = -1 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = -1",
                2
            ),
            ("INSERT INTO audit SELECT 11, at, tenant, line, hash FROM audit WHERE seq = 10", 11),
        ])
    func tampering(sql: String, brokenAt: Int64) async throws {
        let directory = try TemporaryDirectory()
        let (store, log) = try await log(directory)
        try await log.append((0..<10).map { entry($0) })
        #expect(try await log.verify().firstBreak == nil)
        try tamper(directory, sql)
        #expect(try await log.verify().firstBreak?.seq == brokenAt)
        await store.close()
    }

    @Test("The file refuses to change a line, and to delete one that is not past")
    func appendOnly() async throws {
        let directory = try TemporaryDirectory()
        let (store, log) = try await log(directory)
        try await log.append((0..<3).map { entry($0) })
        let queue = try DatabaseQueue(path: directory.path + "/" + AccessStore.fileName)
        for sql in ["UPDATE audit SET at = 0 WHERE seq = 1", "DELETE FROM audit WHERE seq = 1", "DELETE FROM audit"] {
            #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
        }
        try queue.close()
        #expect(try await log.verify().lineCount == 3)
        await store.close()
    }

    @Test("Lines past their time go, and the chain of the rest still holds, however often")
    func retention() async throws {
        let directory = try TemporaryDirectory()
        let (store, log) = try await log(directory)
        for day in 0..<20 { try await log.append((0..<5).map { entry($0, day: Int64(day)) }) }
        let now = Timestamp(milliseconds: 20 * Self.day)
        #expect(try await log.removeLines(before: Timestamp(milliseconds: 10 * Self.day), at: now) == 50)
        #expect(try await log.removeLines(before: Timestamp(milliseconds: 10 * Self.day), at: now) == 0)
        #expect(try await log.removeLines(before: Timestamp(milliseconds: 15 * Self.day), at: now) == 25)
        var found = try await log.verify()
        #expect(found.firstBreak == nil && found.firstSeq == 76 && found.lineCount == 27)
        #expect(try await log.removeLines(before: now, at: now) == 25)
        try await log.append([entry(1, day: 21)])
        found = try await log.verify()
        #expect(found.firstBreak == nil && found.lineCount == 4)
        try tamper(
            directory, "UPDATE audit_start SET seq = seq + 1, hash = (SELECT hash FROM audit ORDER BY seq LIMIT 1)")
        #expect(try await log.verify().firstBreak != nil)
        await store.close()
    }

    @Test("What waits together shares a transaction, and what there is no room for is refused and counted")
    func bounds() async throws {
        let directory = try TemporaryDirectory()
        let (store, log) = try await log(directory)
        await #expect(throws: AccessError.overloaded) { try await log.append((0..<8_193).map { entry($0) }) }
        #expect(log.refusedCount == 8_193)
        try await log.append((0..<8_192).map { entry($0) })
        #expect(log.writtenCount == 8_192)
        await store.close()
    }
}
