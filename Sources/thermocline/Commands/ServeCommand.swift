import ArgumentParser
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGINT or SIGTERM, then finish what is in flight.",
        discussion: """
            Settings, read from the environment once at the start:

            \(SettingDefinition.helpText)

            EXAMPLES
              PORT=9000 thermocline serve
              REDIS_URL=unix:///run/redis.sock HOT_CACHE_SIZE=5000 thermocline serve
            """)

    func run() async throws {
        try await ThermoclineServer.run(Settings.fromEnvironment())
    }
}
