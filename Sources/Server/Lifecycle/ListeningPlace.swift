import Foundation
import Logging
import Synchronization

/// Tells the world where the server listens, and takes it back: the server file, the log, the caller.
final class ListeningPlace: Sendable {
    private let settings: Settings
    private let storeID: String
    private let logger: Logger
    private let onListening: @Sendable (ServerFile) -> Void
    private let file = Mutex<ServerFile?>(nil)

    init(
        _ settings: Settings, storeID: String, logger: Logger, onListening: @escaping @Sendable (ServerFile) -> Void
    ) {
        self.settings = settings
        self.storeID = storeID
        self.logger = logger
        self.onListening = onListening
    }

    func enter(port: Int?) {
        let place = ServerFile(
            host: reachableHost, port: port ?? settings.port, isSecure: settings.tls != nil,
            pid: ProcessInfo.processInfo.processIdentifier,
            storeID: storeID)
        file.withLock { $0 = place }
        do {
            try place.write(in: settings.dataDirectory)
        } catch {
            logger.warning("Commands will not find this server: \(ServerFile.name) could not be written: \(error)")
        }
        logger.notice(
            """
            Listening on \(place.url), try: curl \(place.url)\(Routes.prefix)/troubleshoot \
            -H 'Content-Type: application/json' -d '{"text":"npm install hangs behind a proxy"}'
            """)
        onListening(place)
    }

    func leave() {
        file.withLock { file in
            file?.remove(from: settings.dataDirectory)
            file = nil
        }
    }

    /// One cannot connect to "any address"; from this machine loopback leads there.
    private var reachableHost: String {
        switch settings.host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: settings.host
        }
    }
}
