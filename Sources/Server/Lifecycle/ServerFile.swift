import Foundation

/// Where a running server is to be reached, left in its data directory for commands that work through it.
public struct ServerFile: Sendable, Hashable, Codable {
    public static let name = "server.json"

    public let host: String
    public let port: Int
    /// Where requests go: "http://127.0.0.1:8000", or "https://…" where connections are encrypted.
    public let url: String
    public let pid: Int32
    /// The store's UUID.
    public let storeID: String

    public init(host: String, port: Int, isSecure: Bool = false, pid: Int32, storeID: String) {
        self.host = host
        self.port = port
        // Every address of this machine is no address to ask for.
        let reached = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
        url = "\(isSecure ? "https" : "http")://\(reached.contains(":") ? "[\(reached)]" : reached):\(port)"
        self.pid = pid
        self.storeID = storeID
    }

    private enum CodingKeys: String, CodingKey {
        case host
        case port
        case url
        case pid
        case storeID = "store_id"
    }

    /// The server that runs over this data directory; `nil` when there is none, or its process is gone.
    public static func running(in directory: String) -> ServerFile? {
        guard let data = try? Data(contentsOf: url(in: directory)),
            let file = try? JSONDecoder().decode(ServerFile.self, from: data), file.isAlive
        else { return nil }
        return file
    }

    /// Written whole or not at all.
    func write(in directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: Self.url(in: directory), options: .atomic)
    }

    /// Removes the file if it is this server's.
    func remove(from directory: String) {
        let url = Self.url(in: directory)
        guard let data = try? Data(contentsOf: url),
            (try? JSONDecoder().decode(ServerFile.self, from: data)) == self
        else { return }
        try? FileManager.default.removeItem(at: url)
    }

    /// Asks for the process without touching it; one of another user counts too.
    private var isAlive: Bool { kill(pid, 0) == 0 || errno == EPERM }

    private static func url(in directory: String) -> URL {
        URL(filePath: directory, directoryHint: .isDirectory).appending(path: name)
    }
}
