import ArgumentParser
import Server

extension SettingsTemplate.Purpose: ExpressibleByArgument {}

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show, check and explain settings.",
        discussion: """
            A setting comes from the environment, else from the YAML file that CONFIG_FILE names, else from its default. \
            A running server looks at the file every second, and takes what can change while it runs: all of a valid \
            file, or nothing.

            EXAMPLES
              thermocline config show
              CONFIG_FILE=config/production.yaml thermocline config check
              thermocline config explain HOT_CACHE_SIZE
              thermocline config explain hybrid_system.hot_cache.max_size
            """,
        subcommands: [Show.self, Check.self, Explain.self, Template.self])

    /// What a file may hold and what is in force.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every setting with its value and where that comes from.")

        func run() throws {
            for setting in try SettingsSource().listing() {
                print("\(setting.definition.name)=\(setting.value)  (\(setting.source), \(setting.definition.keyPath))")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that a server would start with these settings; one line says what is wrong, exit code 1.")

        @Argument(help: "A file to check; CONFIG_FILE's without.")
        var file: String?

        func run() throws {
            let source = SettingsSource(file: file)
            _ = try source.load()
            print("ok: \(try source.listing().filter { $0.source != "default" }.count) settings set, all valid")
        }
    }

    struct Template: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a file of every setting with its range and default, to begin one's own with.",
            discussion: """
                EXAMPLES
                  thermocline config template > thermocline.yaml
                  thermocline config template production > config/production.yaml
                """)

        @Argument(help: "defaults, production or development: what of it is set.")
        var purpose = SettingsTemplate.Purpose.defaults

        func run() { print(SettingsTemplate(purpose).text, terminator: "") }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a setting is, what it may be, and what it is now.")

        @Argument(help: "Its variable or its key in a file.")
        var key: String

        func run() throws {
            let wanted = key.lowercased()
            let listing = try SettingsSource().listing()
            guard
                let setting = listing.first(where: {
                    [$0.definition.name.lowercased(), $0.definition.keyPath.lowercased()].contains(wanted)
                })
            else { throw ValidationError("There is no setting \(key); `thermocline config show` lists them.") }
            print(setting.explanation)
        }
    }
}
