import Access
import ThermoclineClient

/// What verifying the audit log found, as a command shows it.
struct AuditReport: Sendable {
    let text: String
    let isIntact: Bool

    init(_ found: AuditVerification) {
        self.init(
            lines: found.lineCount, first: found.firstSeq, last: found.lastSeq, hash: found.lastHash,
            broken: found.firstBreak.map { ($0.seq, $0.reason) })
    }

    init(_ found: ThermoclineClient.AuditCheck) {
        self.init(
            lines: found.lines, first: found.firstSeq, last: found.lastSeq, hash: found.lastHash,
            broken: found.firstBreak.map { ($0.seq, $0.reason) })
    }

    private init(lines: Int, first: Int64, last: Int64, hash: String, broken: (seq: Int64, reason: String)?) {
        isIntact = broken == nil
        if let broken {
            text = "bad   line \(broken.seq): \(broken.reason)"
        } else if lines == 0 {
            text = "ok    the audit log is empty"
        } else {
            text = "ok    \(lines) lines, \(first) to \(last), the last with hash \(hash)"
        }
    }
}
