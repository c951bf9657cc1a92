import ArgumentParser
import Foundation

/// Which server a command is for, where it is not the store of this machine's DATA_DIR.
struct ServerOptions: ParsableArguments {
    @Option(
        help: """
            The server to work through, such as https://knowledge.example.org. (default: THERMOCLINE_URL, else the \
            store of DATA_DIR, through the server that has it open)
            """)
    var url: String?

    @Option(
        help: """
            The API key of a server that requires one. (default: THERMOCLINE_API_KEY, which other users of this \
            machine cannot see)
            """)
    var apiKey: String?

    /// `nil` when the store is this machine's.
    var serverURL: String? { url ?? Self.environment("THERMOCLINE_URL") }
    var serverKey: String? { apiKey ?? Self.environmentKey }
    static var environmentKey: String? { environment("THERMOCLINE_API_KEY") }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
