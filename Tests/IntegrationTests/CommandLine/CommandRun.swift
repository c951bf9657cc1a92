import Foundation
import Testing

/// One run of the built `thermocline` in a folder of its own, with only the environment that it is given.
final class CommandRun: Sendable {
    struct Outcome: Sendable {
        /// The exit code; for a process ended by a signal, 128 and its number.
        let code: Int32
        let output: String
        let errors: String
    }

    private let process: Process
    private let outputPath: String
    private let errorPath: String
    private let ended: AsyncStream<Void>

    /// The binary that was built along with the tests: it lies beside their bundle.
    static var binary: URL {
        get throws {
            let bundle = URL(fileURLWithPath: try #require(CommandLine.arguments.first)).resolvingSymlinksInPath()
            let binary = bundle.deletingLastPathComponent().appendingPathComponent("thermocline")
            try #require(FileManager.default.isExecutableFile(atPath: binary.path), "\(binary.path) is not built")
            return binary
        }
    }

    /// Starts it.
    ///
    /// - Parameter program: another one to run in its place; `nil` for `thermocline`.
    init(
        _ arguments: [String], in folder: CommandFolder, _ environment: [String: String] = [:], program: URL? = nil
    ) throws {
        let name = UUID().uuidString
        outputPath = folder.path + "/.\(name).out"
        errorPath = folder.path + "/.\(name).err"
        for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        process = Process()
        process.executableURL = try program ?? Self.binary
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = folder.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outputPath)
        process.standardError = FileHandle(forWritingAtPath: errorPath)
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        ended = stream
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    /// Runs it to its end.
    static func outcome(
        _ arguments: String..., in folder: CommandFolder, _ environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await CommandRun(arguments, in: folder, environment).outcome()
    }

    var isRunning: Bool { process.isRunning }
    var processID: Int32 { process.processIdentifier }

    /// Nothing once it has ended, when its id may be another's.
    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    func outcome() async -> Outcome {
        for await _ in ended {}
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Outcome(code: code, output: Self.text(outputPath), errors: Self.text(errorPath))
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
