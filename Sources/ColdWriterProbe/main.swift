import ColdTier
import Foundation
import Knowledge
import TestSupport

// Writes items without end until it is killed, and says on standard output what it is about to do and what the
// store has acknowledged, a line each: `will KEY REVISION` and `done KEY REVISION`; revision 0 is a deletion.
// Its blocks are small, so that the background seals and compacts all the while. Several writers at once, each with keys of its own, each with at most one announced write open.

guard CommandLine.arguments.count == 3, let seed = UInt64(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("usage: ColdWriterProbe DIRECTORY SEED\n".utf8))
    exit(2)
}
let store = try await ColdFixture.open(CommandLine.arguments[1], blockRowCount: 32)

func say(_ text: String) {
    // One unbuffered write a line: what was said before the kill is in the pipe.
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

await withTaskGroup { group in
    for writer in 0..<4 {
        group.addTask {
            var random = SeededGenerator(seed: seed &+ UInt64(writer))
            do {
                try await ProbeWriter(store: store, number: writer).run(&random, say: say)
            } catch {
                say("failed \(error)")
            }
        }
    }
}
