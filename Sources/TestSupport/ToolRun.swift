public import Foundation

/// One run of a program of the system, such as curl or openssl, to its end.
public struct ToolRun: Sendable {
    public let code: Int32
    public let output: Data
    public let errors: String

    public var text: String { String(decoding: output, as: UTF8.self) }

    /// - Parameter arguments: the program's name, found on the path, and its arguments.
    public init(_ arguments: String..., input: Data? = nil) async throws {
        let folder = try TemporaryDirectory()
        let files = ["in", "out", "err"].map { folder.path + "/" + $0 }
        try (input ?? Data()).write(to: URL(fileURLWithPath: files[0]))
        for path in files.dropFirst() { try Data().write(to: URL(fileURLWithPath: path)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle(forReadingAtPath: files[0])
        process.standardOutput = FileHandle(forWritingAtPath: files[1])
        process.standardError = FileHandle(forWritingAtPath: files[2])
        let (ended, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        for await _ in ended {}
        code = process.terminationStatus
        output = FileManager.default.contents(atPath: files[1]) ?? Data()
        errors = String(decoding: FileManager.default.contents(atPath: files[2]) ?? Data(), as: UTF8.self)
    }
}
