extension LuaScript {
    /// Takes tokens from the bucket in `KEYS[1]`, by Redis' clock.
    ///
    /// The bucket is a hash. `full` is when it is full again, in microseconds since 1970 (the generic cell rate
    /// algorithm, as in `TokenBucket`); a field for each server with a lease is `<tokens> <end>`. What servers hold is
    /// room that the bucket may not fill: tokens there and tokens leased are never more than `burst` together, so no
    /// history of leases lets more pass than one bucket would.
    ///
    /// `ARGV`: burst, microseconds a token, tokens needed, lease share (0: no lease), server, tokens it returns, what
    /// the bucket lacks at least, lifetime of a lease; times in microseconds. Answers `{tokens, 0, full in}` or
    /// `{0, again in, full in}`. A bucket ends when it is full and nothing of it is leased.
    static let takingTokens = """
        local burst, interval, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local share, me, returned = tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
        local missing, lifetime = tonumber(ARGV[7]), tonumber(ARGV[8])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full, mine, others, freed, last = now, 0, 0, nil, 0
        local fields = redis.call('HGETALL', KEYS[1])
        for i = 1, #fields, 2 do
          local name, value = fields[i], fields[i + 1]
          if name == 'full' then
            full = math.max(now, tonumber(value))
          else
            local held, ends = string.match(value, '^(%d+) (%d+)$')
            held, ends = tonumber(held), tonumber(ends)
            if not ends or ends <= now then
              redis.call('HDEL', KEYS[1], name)
            elseif name == me then
              mine = held
            else
              others = others + held
              freed = math.min(freed or ends, ends)
              last = math.max(last, ends)
            end
          end
        end
        full = math.max(full, now + (others + mine) * interval) - returned * interval
        full = math.max(full, now + others * interval, now + missing)
        local room = burst * interval - (full - now)
        local tokens, again, held = 0, 0, 0
        if room < cost * interval then
          again = cost * interval - room
          if freed and burst - others < cost then again = math.max(again, freed - now) end
        else
          tokens = cost
          if share > 0 then
            tokens = math.max(cost, math.min(math.floor(room / interval), math.floor((burst - others) / share)))
          end
          full = full + tokens * interval
          held = tokens - cost
        end
        redis.call('HSET', KEYS[1], 'full', string.format('%.0f', full))
        if held > 0 then
          last = math.max(last, now + lifetime)
          redis.call('HSET', KEYS[1], me, string.format('%.0f %.0f', held, now + lifetime))
        else
          redis.call('HDEL', KEYS[1], me)
        end
        redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(math.max(full, last) / 1000) + 1))
        return {tokens, again, full - now}
        """
}
