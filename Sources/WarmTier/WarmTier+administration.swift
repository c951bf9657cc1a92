public import Knowledge

/// What administrators ask: not on a question's way, so with a longer deadline, in steps that keep Redis free.
extension WarmTier {
    private static let stepTimeout: Duration = .seconds(1)
    /// Keys that one SCAN step looks at: about half a millisecond of Redis' single thread.
    private static let scanStep = 512
    public static let maximumPageItems = 256
    /// Servers that used an answer in the same microsecond and would otherwise fall on a page's edge.
    private static let tieAllowance = 8

    /// Forgets one answer.
    ///
    /// - Returns: whether it was there; `nil` when Redis gave no answer.
    public func remove(_ fingerprint: Fingerprint, tenant: Tenant) async -> Bool? {
        await forget([keyspace.member(fingerprint, tenant: tenant)]).map { $0 > 0 }
    }

    /// Forgets all answers of a tenant, or of all tenants, of this store and encoder. No other key is touched.
    ///
    /// Goes by the keys rather than by the sorted sets, so that it also finds what they may have lost.
    /// What is admitted meanwhile may stay.
    ///
    /// - Returns: how many there were; `nil` when Redis stopped answering before the end.
    public func flush(tenant: Tenant?) async -> Int? {
        var cursor = "0"
        var flushed = 0
        repeat {
            let request = RedisRequest(
                RedisCommand(
                    "SCAN", cursor, "MATCH", keyspace.answers(of: tenant), "COUNT", String(Self.scanStep)))
            guard case .success(.array(let parts)) = await link.send(request, within: Self.stepTimeout),
                parts.count == 2, let next = parts[0].text, case .array(let keys) = parts[1]
            else { return nil }
            let members = keys.compactMap { key in
                key.text.flatMap { $0.hasPrefix(keyspace.prefix) ? String($0.dropFirst(keyspace.prefix.count)) : nil }
            }
            guard let forgotten = await forget(members) else { return nil }
            flushed += forgotten
            cursor = next
        } while cursor != "0"
        return flushed
    }

    private func forget(_ members: [String]) async -> Int? {
        guard !members.isEmpty else { return 0 }
        let outcome = await run(
            .forget, keys: [keyspace.recency, keyspace.expiry],
            arguments: ([keyspace.prefix] + members).map { [UInt8]($0.utf8) }, within: Self.stepTimeout)
        guard case .success(.integer(let count)) = outcome else { return nil }
        return Int(count)
    }

    /// Answers by their fingerprints, in no order, without marking them as used or counting look-ups.
    ///
    /// - Parameter fingerprints: those that are not here are left out. The answers are in memory together, so not many.
    /// - Returns: `nil` when Redis gave no answer.
    public func peek(_ fingerprints: [Fingerprint], tenant: Tenant) async -> [Answer]? {
        let lookups = await withTaskGroup(of: WarmLookup.self, returning: [WarmLookup].self) { group in
            for fingerprint in fingerprints {
                group.addTask { await self.peek(fingerprint, tenant: tenant) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var answers: [Answer] = []
        for lookup in lookups {
            switch lookup {
            case .hit(let answer): answers.append(answer)
            case .expired, .miss: break
            case .unavailable: return nil
            }
        }
        return answers
    }

    private func peek(_ fingerprint: Fingerprint, tenant: Tenant) async -> WarmLookup {
        let key = keyspace.key(fingerprint, tenant: tenant)
        switch await link.send(RedisRequest(RedisCommand("GET", key)), within: Self.stepTimeout) {
        case .failure(let reason): return .unavailable(reason)
        case .success(.string(let bytes)):
            return decode(bytes, fingerprint, tenant).map { .hit($0) } ?? .miss
        case .success: return .miss
        }
    }

    /// Answers kept that have not expired; `nil` when Redis gave no answer.
    public func count() async -> Int? {
        let now = link.board.recencyClock.nowMicroseconds / 1_000
        let request = RedisRequest(RedisCommand("ZCOUNT", keyspace.expiry, "(\(now)", "+inf"))
        guard case .success(.integer(let count)) = await link.send(request, within: Self.stepTimeout) else {
            return nil
        }
        return Int(count)
    }

    /// One page of what is kept, the most recently used first; `nil` when Redis gave no answer.
    ///
    /// One call looks at no more than `maximumPageItems` members, so a page of one tenant among many may be
    /// short. An answer used between two pages moves to the front and may be missed or seen twice.
    ///
    /// - Parameter limit: clamped to 1…`maximumPageItems`.
    public func items(tenant: Tenant?, after cursor: WarmCursor? = nil, limit: Int) async -> WarmPage? {
        let limit = min(max(limit, 1), Self.maximumPageItems)
        let step = tenant == nil ? limit : Self.maximumPageItems
        let request = RedisRequest(
            RedisCommand(
                "ZREVRANGEBYSCORE", keyspace.recency, cursor.map { String($0.recencyMicroseconds) } ?? "+inf", "-inf",
                "WITHSCORES", "LIMIT", "0", String(step + Self.tieAllowance)))
        guard case .success(.array(let parts)) = await link.send(request, within: Self.stepTimeout) else {
            return nil
        }
        var items: [WarmPage.Item] = []
        var last = cursor
        var seen = 0
        for index in stride(from: Self.start(parts, after: cursor), to: parts.count - 1, by: 2) {
            guard let member = parts[index].text, let recency = parts[index + 1].integer else { continue }
            guard items.count < limit, seen < step else { return WarmPage(items: items, next: last) }
            seen += 1
            last = WarmCursor(recencyMicroseconds: recency, member: member)
            guard let (owner, fingerprint) = keyspace.parse(member: member), tenant == nil || owner == tenant else {
                continue
            }
            items.append(
                WarmPage.Item(
                    tenant: owner, fingerprint: fingerprint, lastUsedAt: Timestamp(milliseconds: recency / 1_000)))
        }
        let reachedEnd = parts.count / 2 < step + Self.tieAllowance
        return WarmPage(items: items, next: reachedEnd || seen == 0 ? nil : last)
    }

    /// Behind those used in the cursor's microsecond that the page before ended with. One that was used again since is not
    /// there: then the others of that microsecond are seen twice.
    private static func start(_ parts: [RedisReply], after cursor: WarmCursor?) -> Int {
        guard let cursor else { return 0 }
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard parts[index + 1].integer == cursor.recencyMicroseconds, let member = parts[index].text else { break }
            if WarmCursor.hash(of: member) == cursor.memberHash { return index + 2 }
        }
        return 0
    }
}
