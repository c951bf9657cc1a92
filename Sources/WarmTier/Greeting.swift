/// What is said to Redis once on every new connection, all in one go.
package struct Greeting: Sendable {
    package enum Step: Sendable, Hashable {
        case signIn, selectDatabase, name, time
        case script(LuaScript)

        /// The name is only for people who look at `CLIENT LIST`; proxies may not know the command.
        package var isRequired: Bool { self != .name }
    }

    private static let clientName = "thermocline"

    package let steps: [Step]
    private let address: RedisAddress

    package init(address: RedisAddress) {
        self.address = address
        steps =
            (address.password == nil ? [] : [.signIn]) + (address.database == 0 ? [] : [.selectDatabase])
            + [.name, .time] + LuaScript.allCases.map { .script($0) }
    }

    package func command(for step: Step) -> RedisCommand {
        switch step {
        case .signIn:
            var command = RedisCommand("AUTH")
            if let user = address.user { command.append(user) }
            command.append(address.password ?? "")
            return command
        case .selectDatabase: return RedisCommand("SELECT", String(address.database))
        case .name: return RedisCommand("CLIENT", "SETNAME", Self.clientName)
        case .time: return RedisCommand("TIME")
        case .script(let script): return RedisCommand("SCRIPT", "LOAD", script.source)
        }
    }
}
