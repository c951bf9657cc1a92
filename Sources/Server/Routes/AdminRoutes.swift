import Access
import Backup
import ColdTier
import HTTPTypes
import Hummingbird
import Knowledge

/// `/admin/backup`, `/admin/backups`, `/admin/verify`, `/admin/compact`: the care of the installation, for operators.
struct AdminRoutes: Sendable {
    /// A reply waits so long for what it began; the rest is to be seen in `GET /admin/backups`.
    private static let patience = Duration.seconds(10)

    let parts: ServerParts

    func register(in routes: inout Routes) {
        routes.on(.post, "/admin/backup", for: .operator, backup)
        routes.on(.get, "/admin/backups", for: .operator, list)
        routes.on(.post, "/admin/verify", for: .operator, verify)
        routes.on(.post, "/admin/compact", for: .operator, compact)
    }

    @Sendable private func backup(_ request: Request, _ context: CallContext) async throws -> Response {
        try await reply(.backup, context, hasBegun: parts.adminWork.makeBackup())
    }

    /// `{"backup": name}` rehearses the restore of that backup; without it the store itself is read.
    @Sendable private func verify(_ request: Request, _ context: CallContext) async throws -> Response {
        var name: String?
        if let body = try await request.jsonObject(isOptional: true) {
            var fields = FieldReader(body)
            name = fields.read(Self.backupField)
            try fields.check()
        }
        return try await reply(.verify, context, of: name, hasBegun: parts.adminWork.verify(name))
    }

    @Sendable private func compact(_ request: Request, _ context: CallContext) async throws -> Response {
        try await reply(.compact, context, hasBegun: parts.adminWork.compact())
    }

    @Sendable private func list(_ request: Request, _ context: CallContext) async throws -> Response {
        let backups: [StoredBackup]
        do {
            backups = try await parts.backups.list()
        } catch {
            throw ContractError(error)
        }
        let running = parts.adminWork.running
        let last = AdminWork.Kind.allCases.compactMap { parts.adminWork.last($0) }
        return .json { json in
            json.array("backups") { json in
                for backup in backups { json.object { backup.write(to: &$0) } }
            }
            if let running {
                json.object("running") { running.write(to: &$0) }
            } else {
                json.null("running")
            }
            json.object("last") { json in
                for piece in last { json.object(named: piece.kind.rawValue) { piece.write(to: &$0) } }
            }
        }
    }

    static let backupField = TextField(
        name: "backup", meaning: "A backup's name; without it the store itself is read.", maximumCharacters: 255)

    private func reply(
        _ kind: AdminWork.Kind, _ context: CallContext, of name: String? = nil, hasBegun: Bool
    ) async throws -> Response {
        guard hasBegun else {
            guard let running = parts.adminWork.running else { throw ContractError.shuttingDown }
            throw ContractError.conflict("Another \(running.kind.rawValue) is under way")
        }
        try await parts.audit(context, kind.auditAction, name.map { "backup " + $0 }, [.init("result", "begun")])
        guard let piece = await parts.adminWork.ended(kind, within: Self.patience) else {
            return .json(.accepted) { json in
                json.member("status", "running")
                json.member("message", "It goes on; GET \(Routes.prefix)/admin/backups tells how far it is")
            }
        }
        switch piece.result {
        case .success(let outcome): return .json { outcome.write(to: &$0) }
        case .failure(let error): throw ContractError(error)
        case nil: throw ContractError.internal
        }
    }
}

extension StoredBackup {
    func write(to json: inout JSONWriter) {
        json.member("name", name)
        json.member("created_at", createdAt.rfc3339)
        json.member("bytes", byteCount)
        json.member("readable", header != nil)
        guard let header else { return }
        json.member("items", header.store.items)
        json.member("change_number", Int(header.store.changeNumber))
        json.member("schema", header.store.schema)
        json.member("store_id", header.store.storeID)
        json.member("sealed", header.keyID != nil)
        json.member("made_by", header.version)
    }
}

extension AdminWork.Piece {
    func write(to json: inout JSONWriter) {
        json.member("kind", kind.rawValue)
        json.member("started_at", startedAt.rfc3339)
        if let endedAt { json.member("ended_at", endedAt.rfc3339) }
        switch result {
        case nil:
            if let progress {
                json.member("step", progress.step.rawValue)
                json.member("done_bytes", progress.doneBytes)
                json.member("total_bytes", progress.totalBytes)
            }
        case .success(let outcome):
            json.member("status", "done")
            outcome.write(to: &json)
        case .failure(let error):
            json.member("status", "failed")
            json.member("reason", ContractError(error).message)
        }
    }
}

extension AdminWork.Outcome {
    func write(to json: inout JSONWriter) {
        switch self {
        case .backup(let backup, let expired):
            backup.write(to: &json)
            json.array("expired") { json in for name in expired { json.element(name) } }
        case .backupVerified(let outcome, let name):
            json.member("ok", true)
            json.member("backup", name)
            json.member("items", outcome.facts.items)
            json.member("change_number", Int(outcome.facts.changeNumber))
            json.member("schema", outcome.facts.schema)
        case .storeVerified(let found):
            json.member("ok", found.problems.isEmpty)
            json.member("items", found.items)
            json.member("change_number", Int(found.changeNumber))
            json.member("damaged_vectors", found.damagedVectors)
            json.array("problems") { json in for problem in found.problems { json.element(problem) } }
        case .compacted(let before, let after):
            json.member("bytes_before", before)
            json.member("bytes_after", after)
            json.member("bytes_freed", max(0, before - after))
        }
    }
}

extension AdminWork.Kind {
    var auditAction: AuditAction {
        switch self {
        case .backup: .backupCreate
        case .verify: .verify
        case .compact: .compact
        }
    }
}
