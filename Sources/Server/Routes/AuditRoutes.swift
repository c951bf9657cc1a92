import Access
import HTTPTypes
import Hummingbird
import Knowledge
import Logging

/// `/admin/audit`: who did what. An admin sees its tenant's lines, an operator all.
struct AuditRoutes: Sendable {
    let parts: ServerParts

    static let defaultLimit = 100
    static let maximumLimit = 1_000

    enum Parameters {
        static let limit = WholeNumberField(
            name: "limit", meaning: "", range: 1...maximumLimit, standard: defaultLimit)
        static let cursor = WholeNumberField(name: "cursor", meaning: "", range: 1...Int.max)
    }

    func register(in routes: inout Routes) {
        routes.on(.get, "/admin/audit", for: .admin, page)
        routes.on(.get, "/admin/audit/verify", for: .operator, verify)
    }

    /// The newest first; a page does not move as lines are added.
    @Sendable private func page(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Parameters.limit)
        let before = query.read(Parameters.cursor)
        let tenant = query.readTenant()
        try query.check()
        let visible = try KeyRoutes.tenants(tenant, for: context.caller)
        let found: [AuditLine]
        do {
            found = try await parts.access.audit.page(of: visible, before: before.map { Int64($0) }, limit: limit + 1)
        } catch {
            throw unreadable(error, context)
        }
        return .json(reserving: 512 * (found.count + 1)) { json in
            json.array("items") { json in
                for line in found.prefix(limit) { json.splice(Array(line.line.utf8)) }
            }
            if found.count > limit, let last = found.prefix(limit).last {
                json.member("next_cursor", String(last.seq))
            } else {
                json.null("next_cursor")
            }
            json.member("limit", limit)
        }
    }

    @Sendable private func verify(_ request: Request, _ context: CallContext) async throws -> Response {
        let found: AuditVerification
        do {
            found = try await parts.access.audit.verify()
        } catch {
            throw unreadable(error, context)
        }
        return .json { json in
            json.member("intact", found.firstBreak == nil)
            json.member("lines", found.lineCount)
            json.member("first_seq", Int(found.firstSeq))
            json.member("last_seq", Int(found.lastSeq))
            json.member("last_hash", found.lastHash)
            if let broken = found.firstBreak {
                json.object("first_break") { json in
                    json.member("seq", Int(broken.seq))
                    json.member("reason", broken.reason)
                }
            } else {
                json.null("first_break")
            }
        }
    }

    private func unreadable(_ error: AccessError, _ context: CallContext) -> ContractError {
        parts.logger.warning(
            "The audit log could not be read",
            metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
        return ContractError(error)
    }
}
