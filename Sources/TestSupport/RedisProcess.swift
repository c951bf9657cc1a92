import Foundation
import Synchronization

/// A real redis-server of one test: private socket, nothing kept on disk, gone with this object.
///
/// Needs `redis-server` and `redis-cli` on the path and throws when they are missing, so that a test which
/// needs Redis fails rather than passes unseen.
public final class RedisProcess: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        case missingProgram(String)
        case notAnswering(log: String)
        case command(String)

        public var description: String {
            switch self {
            case .missingProgram(let name): "\(name) is not installed (Debian packages redis-server, redis-tools)"
            case .notAnswering(let log): "redis-server does not answer: \(log)"
            case .command(let text): "redis-cli failed: \(text)"
            }
        }
    }

    private static let startTimeout: Duration = .seconds(10)

    public let socketPath: String
    /// On 127.0.0.1; `nil` when there is only the socket.
    public let port: Int?
    private let password: String?
    private let options: [String]
    private let folder: URL
    private let server: Mutex<Process?> = Mutex(nil)

    /// Starts the server and waits until it answers.
    ///
    /// - Parameter options: further arguments of redis-server, such as `["--maxmemory", "2mb"]`.
    public init(port: Int? = nil, password: String? = nil, options: [String] = []) async throws {
        // A socket's path may have about a hundred bytes, so the name is short.
        folder = FileManager.default.temporaryDirectory.appending(
            path: "tc-redis-\(String(UInt32.random(in: 0 ... .max), radix: 36))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socketPath = folder.appending(path: "s").path(percentEncoded: false)
        self.port = port
        self.password = password
        self.options = options
        try await start()
    }

    deinit {
        server.withLock { process in
            guard let process, process.isRunning else { return }
            // A paused one does not hear anything gentler.
            kill(process.processIdentifier, SIGKILL)
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts it again, empty, on the same socket and port.
    public func restart() async throws {
        await stop()
        try await start()
    }

    public func start() async throws {
        let process = Process()
        process.executableURL = try Self.program("redis-server")
        process.arguments =
            [
                "--port", String(port ?? 0), "--bind", "127.0.0.1", "--unixsocket", socketPath, "--save", "",
                "--appendonly", "no", "--dir", folder.path(percentEncoded: false), "--daemonize", "no",
                "--logfile", logURL.path(percentEncoded: false),
            ] + (password.map { ["--requirepass", $0] } ?? []) + options
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        server.withLock { $0 = process }
        try await waitUntilAnswering()
    }

    /// Ends it as a crash does; returns when it is gone.
    public func stop() async {
        guard let process = server.withLock({ $0 }) else { return }
        kill(process.processIdentifier, SIGKILL)
        while process.isRunning { try? await Task.sleep(for: .milliseconds(2)) }
        server.withLock { $0 = nil }
        try? FileManager.default.removeItem(atPath: socketPath)
    }

    /// Stops it from running while its connections stay open (SIGSTOP).
    public func pause() { signal(SIGSTOP) }
    public func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        server.withLock { process in
            if let process { kill(process.processIdentifier, number) }
        }
    }

    /// Runs one command by redis-cli and returns what it printed, without the last line break.
    @discardableResult
    public func command(_ arguments: String..., database: Int = 0) async throws -> String {
        try await run(arguments, database: database)
    }

    private func run(_ arguments: [String], database: Int) async throws -> String {
        let process = Process()
        process.executableURL = try Self.program("redis-cli")
        process.arguments =
            ["-s", socketPath, "-n", String(database)] + (password.map { ["--no-auth-warning", "-a", $0] } ?? [])
            + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        // Replies of tests fit into the pipe, so the program does not wait for its reader.
        for await _ in ended {}
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failure.command(text) }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private func waitUntilAnswering() async throws {
        let giveUpAt = ContinuousClock.now + Self.startTimeout
        while ContinuousClock.now < giveUpAt {
            if await (try? run(["PING"], database: 0)) == "PONG" { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Failure.notAnswering(log: (try? String(contentsOf: logURL, encoding: .utf8)) ?? "no log")
    }

    private var logURL: URL { folder.appending(path: "log") }

    private static func program(_ name: String) throws -> URL {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":") {
            let candidate = URL(filePath: String(folder)).appending(path: name)
            if FileManager.default.isExecutableFile(atPath: candidate.path(percentEncoded: false)) { return candidate }
        }
        throw Failure.missingProgram(name)
    }
}
