import ArgumentParser
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until SIGINT or SIGTERM, then finish what is in flight.",
        discussion: """
            Settings, from the environment, else from the file that CONFIG_FILE names (thermocline config), else as \
            given here:

            \(SettingDefinition.helpText)

            EXAMPLES
              PORT=9000 thermocline serve
              CONFIG_FILE=config/production.yaml thermocline serve
              REDIS_URL=unix:///run/redis.sock HOT_CACHE_SIZE=5000 thermocline serve
            """)

    func run() async throws {
        MemoryAllocator.keepLittle()
        let loaded = try SettingsSource().load()
        try await ThermoclineServer.run(loaded.settings, sources: loaded)
    }
}
