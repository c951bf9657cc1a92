extension RedisLink {
    /// Runs a script by its digest, or by its source when Redis has forgotten it.
    package func run(
        _ script: LuaScript, keys: [String], arguments: [[UInt8]], within timeout: Duration
    ) async -> RedisSubmission.Outcome {
        let startedAt = ContinuousClock.now
        if let digest = board.digest(of: script) {
            let outcome = await send(
                request("EVALSHA", digest, keys: keys, arguments: arguments), within: timeout)
            guard case .success(.error(let refusal)) = outcome, refusal.kind == .noSuchScript else { return outcome }
        }
        return await send(
            request("EVAL", script.source, keys: keys, arguments: arguments),
            within: timeout - (ContinuousClock.now - startedAt))
    }

    private func request(_ verb: String, _ script: String, keys: [String], arguments: [[UInt8]]) -> RedisRequest? {
        var command = RedisCommand(verb, script, String(keys.count))
        for key in keys { command.append(key) }
        for argument in arguments { command.append(argument) }
        return RedisRequest(command, writes: true)
    }
}
