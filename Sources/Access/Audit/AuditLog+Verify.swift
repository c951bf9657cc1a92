import Foundation
import GRDB
import Knowledge

extension AuditLog {
    /// Lines read in one step, so that other work on the file goes on in between.
    private static let stepLines = 2_000

    /// Walks along the whole chain as it is now.
    public func verify() async throws(AccessError) -> AuditVerification {
        let (start, end) = try await store.write { db in (try AuditChain.start(db), try AuditChain.end(db)) }
        var walk = AuditWalk(start: start)
        while walk.result.firstBreak == nil, walk.end.seq < end.seq {
            let after = walk.end.seq
            let rows = try await store.write { db in
                try Row.fetchAll(
                    db, sql: "SELECT seq, at, tenant, line, hash FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                    arguments: [after, Self.stepLines]
                ).map(AuditWalk.Stored.init)
            }
            guard !rows.isEmpty else { break }
            for row in rows where walk.result.firstBreak == nil && row.seq <= end.seq { walk.step(row) }
        }
        return walk.finished()
    }
}

/// A walk along the chain, line by line.
struct AuditWalk {
    struct Stored: Sendable {
        let seq: Int64
        let at: Int64
        let tenant: String?
        let line: String
        let hash: Data

        init(_ row: Row) {
            seq = row["seq"]
            at = row["at"]
            tenant = row["tenant"]
            line = row["line"]
            hash = row["hash"]
        }
    }

    /// What of a line the columns and the chain repeat.
    private struct Content: Decodable {
        struct Details: Decodable {
            let removedThrough: Int64?
            let hash: String?

            private enum CodingKeys: String, CodingKey {
                case removedThrough = "removed_through"
                case hash
            }
        }
        let seq: Int64
        let at: String
        let tenant: String?
        let action: String
        let details: Details
    }

    private let start: AuditChain.End
    private(set) var end: AuditChain.End
    private(set) var result: AuditVerification
    /// What the last removal left as the beginning.
    private var trimmed: AuditChain.End?

    init(start: AuditChain.End) {
        self.start = start
        end = AuditChain.End(seq: start.seq - 1, hash: start.hash)
        result = AuditVerification(firstSeq: start.seq, lastSeq: start.seq - 1, lastHash: start.hash.hexadecimal)
    }

    mutating func step(_ row: Stored) {
        guard row.seq == end.seq + 1 else {
            return fail(end.seq + 1, "the line is missing; the next is \(row.seq)")
        }
        guard AuditChain.hash(row.line.utf8, after: end.hash) == row.hash else {
            return fail(row.seq, "its hash does not follow from the line before and its text")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(row.line.utf8)), content.seq == row.seq,
            content.tenant == row.tenant, content.at == Timestamp(milliseconds: row.at).rfc3339
        else { return fail(row.seq, "its columns say something else than its text") }
        if content.action == AuditAction.auditTrim.rawValue, let seq = content.details.removedThrough,
            let hash = content.details.hash.flatMap(Data.init(hexadecimal:))
        {
            trimmed = AuditChain.End(seq: seq + 1, hash: hash)
        }
        end = AuditChain.End(seq: row.seq, hash: row.hash)
        result.lineCount += 1
        result.lastSeq = end.seq
        result.lastHash = end.hash.hexadecimal
    }

    /// The beginning of the chain must be what the last removal wrote into the chain itself.
    func finished() -> AuditVerification {
        var result = result
        let first = trimmed ?? AuditChain.End(seq: 1, hash: Data(count: start.hash.count))
        if result.firstBreak == nil, start != first {
            result.firstBreak = .init(seq: start.seq, reason: "lines before it were removed by something else")
        }
        return result
    }

    private mutating func fail(_ seq: Int64, _ reason: String) {
        result.firstBreak = .init(seq: seq, reason: reason)
    }
}

extension Data {
    var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.init(bytes)
    }
}
