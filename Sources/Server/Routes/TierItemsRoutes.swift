import Access
import ColdTier
import HTTPTypes
import HotTier
import Hummingbird
import Knowledge
import Pipeline
import WarmTier

/// `/tiers/{tier}/items` and `/flush`: what a tier holds for the caller's tenant, one by one or as a whole.
struct TierItemsRoutes: Sendable {
    let parts: ServerParts

    static let defaultLimit = 50
    static let maximumLimit = 200

    enum Parameters {
        static let limit = WholeNumberField(
            name: "limit", meaning: "", range: 1...maximumLimit, standard: defaultLimit)
        /// A fingerprint.
        static let hotCursor = TextField(
            name: "cursor", meaning: "", mayBeBlank: true, pattern: "^([0-9a-fA-F]{32})?$")
        /// As `WarmCursor` writes itself.
        static let warmCursor = TextField(
            name: "cursor", meaning: "", mayBeBlank: true, pattern: "^([0-9]{1,18}~[0-9a-fA-F]{1,16})?$")

        static func described(_ cursor: TextField) -> [Operation.Parameter] {
            [.query(limit, "Answers of a page."), .query(cursor, "`next_cursor` of the page before.")]
        }
    }

    func register(in routes: inout Routes) {
        routes.on(.get, "/tiers/hot/items", for: .admin, hotItems)
        routes.on(.get, "/tiers/warm/items", for: .admin, warmItems)
        routes.on(.get, "/tiers/{tier}/items/{fingerprint}", for: .admin, item)
        routes.on(.delete, "/tiers/{tier}/items/{fingerprint}", for: .admin, remove)
        routes.on(.post, "/tiers/{tier}/items/{fingerprint}/pin", for: .admin, pin)
        routes.on(.delete, "/tiers/{tier}/items/{fingerprint}/pin", for: .admin, unpin)
        routes.on(.post, "/tiers/{tier}/flush", for: .admin, flush)
    }

    /// In the order of fingerprints, which stays as answers come and go.
    @Sendable private func hotItems(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Parameters.limit)
        let after = query.readCursor(Parameters.hotCursor) { Fingerprint($0) }
        try query.check()
        let tenant = context.caller.tenant
        let pins = Set(parts.stack.hot.pins(tenant: tenant).map(\.fingerprint))
        let kept = parts.stack.hot.answers(tenant: tenant)
        let waiting = pins.subtracting(kept.map(\.fingerprint)).map(\.description).sorted()
        let answers =
            kept
            .sorted { $0.fingerprint.description < $1.fingerprint.description }
            .drop { answer in after.map { answer.fingerprint.description <= $0.description } ?? false }
        return .json(reserving: 256 * limit) { json in
            json.array("items") { json in
                for answer in answers.prefix(limit) {
                    json.object { json in
                        Self.write(answer, to: &json)
                        json.member("pinned", pins.contains(answer.fingerprint))
                    }
                }
            }
            // Pinned questions without an answer here at the moment, on every page: they are on none as items.
            json.array("waiting_pins") { json in
                for fingerprint in waiting.prefix(Self.maximumLimit) { json.element(fingerprint) }
            }
            if answers.count > limit, let last = answers.prefix(limit).last {
                json.member("next_cursor", last.fingerprint.description)
            } else {
                json.null("next_cursor")
            }
            json.member("limit", limit)
        }
    }

    /// The most recently used first, by fingerprint alone: Redis is not asked for every answer.
    @Sendable private func warmItems(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Parameters.limit)
        let after = query.readCursor(Parameters.warmCursor) { WarmCursor($0) }
        try query.check()
        let page = await parts.stack.warm.items(tenant: context.caller.tenant, after: after, limit: limit)
        guard let page else { throw ContractError.warmAway }
        return .json(reserving: 128 * limit) { json in
            json.array("items") { json in
                for item in page.items {
                    json.object { json in
                        json.member("fingerprint", item.fingerprint.description)
                        json.member("last_used_at", item.lastUsedAt.rfc3339)
                    }
                }
            }
            if let next = page.next { json.member("next_cursor", next.description) } else { json.null("next_cursor") }
            json.member("limit", limit)
        }
    }

    @Sendable private func item(_ request: Request, _ context: CallContext) async throws -> Response {
        if Self.isCold(context) { return try await KnowledgeRoutes(parts: parts).get(request, context) }
        let (tier, fingerprint) = try Self.place(context)
        guard let answer = try await answer(fingerprint, in: tier, tenant: context.caller.tenant) else {
            throw ContractError.noSuchAnswer
        }
        return .json(reserving: answer.byteCount + 256) { json in
            Self.write(answer, to: &json)
            if tier == .hot {
                json.member("pinned", parts.stack.hot.isPinned(fingerprint, tenant: context.caller.tenant))
            }
            json.object("answer") { $0.splice(answer.fragment) }
        }
    }

    private func answer(_ fingerprint: Fingerprint, in tier: AnswerTier, tenant: Tenant) async throws -> Answer? {
        switch tier {
        case .hot: return parts.stack.hot.peek(fingerprint, tenant: tenant)
        case .warm:
            switch await parts.stack.warm.get(fingerprint, tenant: tenant) {
            case .hit(let answer), .expired(let answer): return answer
            case .miss: return nil
            case .unavailable: throw ContractError.warmAway
            }
        }
    }

    @Sendable private func remove(_ request: Request, _ context: CallContext) async throws -> Response {
        if Self.isCold(context) { return try await KnowledgeRoutes(parts: parts).delete(request, context) }
        let (tier, fingerprint) = try Self.place(context)
        let tenant = context.caller.tenant
        let wasThere: Bool?
        switch tier {
        case .hot: wasThere = parts.stack.hot.remove(fingerprint, tenant: tenant)
        case .warm: wasThere = await parts.stack.warm.remove(fingerprint, tenant: tenant)
        }
        guard let wasThere else { throw ContractError.warmAway }
        guard wasThere else { throw ContractError.noSuchAnswer }
        try await parts.audit(context, .answerRemove, "\(tier.rawValue) \(fingerprint)")
        return .json { json in
            json.member("fingerprint", fingerprint.description)
            json.member("message", "The answer is forgotten")
        }
    }

    /// Any well-formed fingerprint can be pinned: the answer may come later.
    @Sendable private func pin(_ request: Request, _ context: CallContext) async throws -> Response {
        let fingerprint = try Self.pinnable(context)
        switch parts.stack.hot.pin(fingerprint, tenant: context.caller.tenant) {
        case .refused(let reason): throw ContractError.conflict("It cannot be pinned: \(reason)")
        case .pinned(let holdsAnswer):
            try await parts.audit(context, .pinSet, "hot \(fingerprint)")
            return .json { json in
                json.member("fingerprint", fingerprint.description)
                json.member("pinned", true)
                json.member("holds_answer", holdsAnswer)
            }
        }
    }

    @Sendable private func unpin(_ request: Request, _ context: CallContext) async throws -> Response {
        let fingerprint = try Self.pinnable(context)
        guard parts.stack.hot.unpin(fingerprint, tenant: context.caller.tenant) else {
            throw ContractError.notFound("There is no such pin")
        }
        try await parts.audit(context, .pinRemove, "hot \(fingerprint)")
        return .json { json in
            json.member("fingerprint", fingerprint.description)
            json.member("pinned", false)
        }
    }

    private static func pinnable(_ context: CallContext) throws(ContractError) -> Fingerprint {
        let (tier, fingerprint) = try place(context)
        guard tier == .hot else { throw .notFound("Pins belong to the hot tier") }
        return fingerprint
    }

    @Sendable private func flush(_ request: Request, _ context: CallContext) async throws -> Response {
        let tier = try Self.tier(context)
        let tenant = context.caller.tenant
        let flushed: Int?
        switch tier {
        case .hot: flushed = parts.stack.hot.flush(tenant: tenant)
        case .warm: flushed = await parts.stack.warm.flush(tenant: tenant)
        }
        guard let flushed else { throw ContractError.warmAway }
        try await parts.audit(context, .tierFlush, tier.rawValue, [.init("flushed", flushed)])
        return .json { json in
            json.member("tier", tier.rawValue)
            json.member("flushed", flushed)
        }
    }

    /// What cold holds are the items of `/knowledge`.
    private static func isCold(_ context: CallContext) -> Bool { context.parameters.get("tier") == "cold" }

    /// The tiers that hold answers, by their names in paths.
    private enum AnswerTier: String {
        case hot
        case warm
    }

    private static func tier(_ context: CallContext) throws(ContractError) -> AnswerTier {
        guard let tier = context.parameters.get("tier").flatMap({ AnswerTier(rawValue: $0) }) else {
            throw .notFound("There is no such tier of answers: it is hot or warm")
        }
        return tier
    }

    private static func place(_ context: CallContext) throws(ContractError) -> (AnswerTier, Fingerprint) {
        let tier = try tier(context)
        guard let fingerprint = context.parameters.get("fingerprint").flatMap({ Fingerprint($0) }) else {
            throw .noSuchAnswer
        }
        return (tier, fingerprint)
    }

    static func write(_ answer: Answer, to json: inout JSONWriter) {
        json.member("fingerprint", answer.fingerprint.description)
        json.member("question", answer.key.foldedText)
        json.member("results", answer.resultCount)
        json.member("quality", answer.quality, decimals: 4)
        json.member("computed_at", answer.computedAt.rfc3339)
        json.member("expires_at", answer.expiresAt.rfc3339)
        json.member("knowledge_version", Int(answer.changeNumber.rawValue))
        json.member("bytes", answer.byteCount)
    }
}

extension ContractError {
    fileprivate static let noSuchAnswer = notFound("There is no such answer in this tier")
    static let warmAway = unavailable("WARM_CACHE_UNAVAILABLE", "Redis does not answer at the moment")
}
