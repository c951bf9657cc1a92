/// The scripts that change the sorted sets and the answers together, so that no other client sees or leaves
/// them apart.
///
/// `KEYS`: recency, expiry (and the answer's key for `admit`). `ARGV[1]`: prefix of the answers' keys.
/// All read the time from Redis, whose clock also ends the answers. A member without its answer (Redis may
/// evict by itself) counts against the capacity until its expiry or its turn, so the limit errs downwards.
package enum LuaScript: Sendable, Hashable, CaseIterable {
    /// Keeps one answer. `ARGV`: prefix, capacity, batch, member, end of keeping, recency, envelope, tenant's share;
    /// `KEYS[4]`: the tenant's recency, which is kept only where the share is below the capacity. A tenant at its share makes
    /// room among its own answers. What was kept before shares were set is in no share until it is admitted again.
    /// Answers `{outcome, evicted, expired}`, outcome being `admitted`, `expired` or `full`.
    ///
    /// Room is made before the answer is written, and when a batch of evictions does not make enough (the
    /// capacity was lowered) a new answer is turned away: a call never leaves more than it found or than the
    /// capacity allows.
    case admit
    /// Forgets what expired and what is over the capacity. `ARGV`: prefix, capacity, batch.
    /// Answers `{more, evicted, expired}`, more being 1 while there is more than one batch to do.
    case trim
    /// Deletes given answers. `ARGV`: prefix, members. Answers how many of them existed.
    case forget
    /// Takes tokens from a caller's bucket, which has nothing to do with answers; see `LuaScript+tokens`.
    case takeTokens

    /// Most members that one call forgets for each reason: about a millisecond of Redis' single thread.
    package static let batch = 128

    package var source: String {
        switch self {
        case .admit: Self.bounding + Self.admitting
        case .trim: Self.bounding + Self.trimming
        case .forget: Self.forgetting
        case .takeTokens: Self.takingTokens
        }
    }

    private static let bounding = """
        local recency, expiry, prefix = KEYS[1], KEYS[2], ARGV[1]
        local capacity, batch = tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function forget(members)
          for _, member in ipairs(members) do
            redis.call('DEL', prefix .. member)
            redis.call('ZREM', recency, member)
            redis.call('ZREM', expiry, member)
            redis.call('ZREM', recency .. ':' .. string.match(member, '^[^:]*'), member)
          end
          return #members
        end
        local function evict(set, limit)
          local over = redis.call('ZCARD', set) - limit
          if over <= 0 then return 0 end
          return forget(redis.call('ZRANGE', set, 0, math.min(over, batch) - 1))
        end
        local expired = forget(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, batch))

        """

    // The sorted sets end with the last of their answers, or those of an encoder out of use would stay.
    private static let admitting = """
        local member, expiresAt, used, envelope = ARGV[4], ARGV[5], ARGV[6], ARGV[7]
        local own, share = KEYS[4], tonumber(ARGV[8])
        if tonumber(expiresAt) <= now then return {'expired', 0, expired} end
        local known = redis.call('ZSCORE', recency, member)
        if known then redis.call('ZADD', recency, 'GT', used, member) end
        local evicted = 0
        if share < capacity then
          local mine = redis.call('ZSCORE', own, member)
          if mine then redis.call('ZADD', own, 'GT', used, member) end
          evicted = evict(own, mine and share or share - 1)
          mine = redis.call('ZSCORE', own, member)
          if not mine and redis.call('ZCARD', own) >= share then return {'full', evicted, expired} end
          known = redis.call('ZSCORE', recency, member)
        end
        evicted = evicted + evict(recency, known and capacity or capacity - 1)
        known = redis.call('ZSCORE', recency, member)
        if not known and redis.call('ZCARD', recency) >= capacity then return {'full', evicted, expired} end
        redis.call('SET', KEYS[3], envelope, 'PXAT', expiresAt)
        redis.call('ZADD', recency, 'GT', used, member)
        redis.call('ZADD', expiry, expiresAt, member)
        local last = redis.call('ZREVRANGE', expiry, 0, 0, 'WITHSCORES')[2]
        redis.call('PEXPIREAT', recency, last)
        redis.call('PEXPIREAT', expiry, last)
        if share < capacity then
          redis.call('ZADD', own, 'GT', used, member)
          redis.call('PEXPIREAT', own, last)
        end
        return {'admitted', evicted, expired}
        """

    private static let trimming = """
        local evicted = evict(recency, capacity)
        local more = 0
        if expired == batch or redis.call('ZCARD', recency) > capacity then more = 1 end
        return {more, evicted, expired}
        """

    private static let forgetting = """
        local existed = 0
        for i = 2, #ARGV do
          existed = existed + redis.call('DEL', ARGV[1] .. ARGV[i])
          redis.call('ZREM', KEYS[1], ARGV[i])
          redis.call('ZREM', KEYS[2], ARGV[i])
          redis.call('ZREM', KEYS[1] .. ':' .. string.match(ARGV[i], '^[^:]*'), ARGV[i])
        end
        return existed
        """
}
