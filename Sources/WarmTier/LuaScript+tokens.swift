extension LuaScript {
    /// Takes tokens from the bucket in `KEYS[1]`, by Redis' clock.
    ///
    /// The bucket is a hash. `full` is when it is full again, in microseconds since 1970 (the generic cell rate
    /// algorithm, as in `TokenBucket`); a field for each server with a lease is `<tokens> <end>`. What servers hold is
    /// room that the bucket may not fill: tokens there and tokens leased are never more than `burst` together, so no
    /// history of leases lets more pass than one bucket would. Until its end a server may use its lease unasked; then
    /// it may still give back what is left, unless the lease has been dropped: because it took another's room, or its
    /// server has not been heard of for an hour. A lease ends when a bucket nobody used would be full with it. The bucket
    /// ends after the last lease, by what it takes to refill all that was leased: then it is full, however late they
    /// were used.
    ///
    /// `ARGV`: burst, microseconds a token, tokens needed, lease share (0: no lease), server, tokens it returns, what
    /// the bucket lacks at least, in microseconds. Answers `{tokens, 0, full in, lease for}` or `{0, again in, full in, 0}`.
    static let takingTokens = """
        local burst, interval, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local share, me = tonumber(ARGV[4]), ARGV[5]
        local returned, missing = tonumber(ARGV[6]), tonumber(ARGV[7])
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full, mine, others, resting, freed, last = now, 0, 0, {}, nil, 0
        local fields = redis.call('HGETALL', KEYS[1])
        for i = 1, #fields, 2 do
          local name, value = fields[i], fields[i + 1]
          if name == 'full' then
            full = math.max(now, tonumber(value))
          else
            local held, ends = string.match(value, '^(%d+) (%d+)$')
            held, ends = tonumber(held), tonumber(ends)
            if not ends or ends + 3600000000 < now then
              redis.call('HDEL', KEYS[1], name)
            elseif name == me then
              mine = held
            else
              others = others + held
              if ends <= now then
                resting[name] = held
              else
                freed = math.min(freed or ends, ends)
                last = math.max(last, ends)
              end
            end
          end
        end
        full = math.max(full, now + (others + mine) * interval) - math.min(returned, mine) * interval
        if burst - others < cost then
          for name, held in pairs(resting) do
            redis.call('HDEL', KEYS[1], name)
            others = others - held
          end
        end
        full = math.max(full, now + others * interval, now + missing)
        local room = burst * interval - (full - now)
        local tokens, again, held, lease = 0, 0, 0, 0
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
        local refill = (others + held) * interval
        last = math.max(last, full + refill) + refill
        if held > 0 then
          lease = full + refill - now
          redis.call('HSET', KEYS[1], me, string.format('%.0f %.0f', held, now + lease))
        else
          redis.call('HDEL', KEYS[1], me)
        end
        redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.ceil(last / 1000) + 1))
        return {tokens, again, full - now, lease}
        """
}
