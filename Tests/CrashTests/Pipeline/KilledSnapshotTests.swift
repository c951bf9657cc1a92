import Dispatch
import Foundation
import Knowledge
import Pipeline
import TestSupport
import Testing

@Suite struct KilledSnapshotTests {
    @Test("A process killed while it writes a snapshot leaves the one before or the new one, whole")
    func killed() throws {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        var done: Int64 = 0
        for round in 0..<12 {
            let milliseconds = Int.random(in: 30...400, using: &random)
            let lines = try runProbe(
                directory.path, seed: seed &+ UInt64(round), first: done + 1, killedAfterMilliseconds: milliseconds)
            var counts: [Int64: Int] = [:]
            for line in lines {
                let words = line.split(separator: " ")
                let number = try #require(words.count == 3 ? Int64(words[1]) : nil)
                counts[number] = Int(words[2])
                if words[0] == "done" { done = max(done, number) }
            }
            guard let found = try SnapshotFile(in: directory.path).load() else {
                #expect(done == 0)
                continue
            }
            let number = found.origin.changeNumber
            #expect([done, done + 1].contains(number.rawValue), "round \(round)")
            #expect(found.answers.allSatisfy { $0.changeNumber == number })
            // What was written by the child before is known from its own lines.
            if let count = counts[number.rawValue] { #expect(found.answers.count == count) }
            done = max(done, number.rawValue)
        }
        #expect(done > 12)
    }

    private func runProbe(
        _ directory: String, seed: UInt64, first: Int64, killedAfterMilliseconds: Int
    ) throws -> [Substring] {
        let process = Process()
        // Built beside the tests.
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("SnapshotProbe")
        process.arguments = [directory, String(seed), String(first)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let child = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(killedAfterMilliseconds)) {
            kill(child, SIGKILL)
        }
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        // The last line may have been cut by the kill.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
