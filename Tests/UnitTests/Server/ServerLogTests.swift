import Foundation
import Knowledge
import Logging
import Server
import Testing

@Suite("The server's log")
struct ServerLogTests {
    private func line(_ message: String, _ facts: [(name: String, value: String)] = []) -> LogLine {
        LogLine(time: Timestamp(milliseconds: 0), level: .warning, module: "ColdTier", message: message, facts: facts)
    }

    @Test("A line of text has time, level, module, message and facts, whatever the texts hold")
    func text() {
        let bytes = line("two\nlines", [("path", "/a"), ("reason", "no \"room\"")]).bytes(.text)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "1970-01-01T00:00:00.000Z WARNING ColdTier: two lines path=/a reason=\"no \\\"room\\\"\"\n")
    }

    @Test("A line of JSON is one object")
    func json() throws {
        let bytes = line("two\nlines", [("reason", "no \"room\"")]).bytes(.json)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String])
        #expect(object["message"] == "two\nlines")
        #expect(object["level"] == "warning")
        #expect(object["module"] == "ColdTier")
        #expect(object["reason"] == "no \"room\"")
    }

    @Test("One place writes so many lines a second, and then says how many it left out")
    func sampled() {
        let sampler = LogSampler()
        let noon = Timestamp(milliseconds: 1_000_000)
        let first = (0..<50).map { _ in sampler.admit(file: "a", line: 1, at: noon) }
        #expect(first.compactMap(\.self).count == LogSampler.linesASecond)
        #expect(sampler.admit(file: "a", line: 2, at: noon) == 0)
        #expect(sampler.admit(file: "a", line: 1, at: noon.adding(milliseconds: 1_000)) == 30)
        #expect(sampler.admit(file: "a", line: 1, at: noon.adding(milliseconds: 1_001)) == 0)
    }

    /// What is written to a pipe until `body` is done.
    private func written(_ body: (LogOutput) async -> Void) async throws -> String {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        await body(output)
        await output.close()
        try pipe.fileHandleForWriting.close()
        return String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    }

    @Test("Modules have levels of their own, changed while loggers are in use; a logger may be quieter")
    func levels() async throws {
        let text = try await written { output in
            let levels = LogLevels(.info)
            let handler = ServerLogHandler(format: .text, levels: levels, sampler: LogSampler(), output: output)
            let logger = Logger(label: "test") { _ in handler }
            var quiet = logger
            quiet.logLevel = .error
            logger.log(level: .debug, "one", source: "ColdTier")
            levels.change(.warning, modules: ["ColdTier": .debug])
            logger.log(level: .debug, "two", source: "ColdTier")
            logger.log(level: .info, "three", source: "WarmTier")
            logger.log(level: .warning, "four", source: "WarmTier")
            quiet.log(level: .warning, "five", source: "ColdTier")
            quiet.log(level: .error, "six", source: "ColdTier")
        }
        #expect(
            ["one", "two", "three", "four", "five", "six"].filter { text.contains(": \($0)\n") }
                == ["two", "four", "six"])
    }

    @Test("A reader that does not read costs lines, not time")
    func slowReader() async throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, maximumWaitingBytes: 1 << 20)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
        for _ in 0..<4_000 { output.write(line) }
        #expect(output.dropped > 0)
        // What was taken arrives once somebody reads.
        let taken = (4_000 - Int(output.dropped)) * line.count
        var received = 0
        while received < taken { received += pipe.fileHandleForReading.availableData.count }
        await output.close()
        #expect(received == taken)
    }
}
