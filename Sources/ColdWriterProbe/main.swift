import ColdTier
import Foundation
import Knowledge
import Sealing
import TestSupport

// Writes items without end until it is killed, and says on standard output what it is about to do and what the
// store has acknowledged, a line each: `will KEY REVISION` and `done KEY REVISION`; revision 0 is a deletion.
// Its blocks are small, so that the background seals and compacts all the while. Several writers at once, each with keys of its own, each with at most one announced write open.

// With `rekey` and keys in place of the seed it opens the store by them, the first the current one, and seals everything anew;
// says `at PHASE DONE` before each step, and `sealed` at the end.

func say(_ text: String) {
    // One unbuffered write a line: what was said before the kill is in the pipe.
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "rekey" {
    let keys = KeyRing.parse(CommandLine.arguments[3]) ?? []
    let ring = keys.first.map { KeyRing(current: $0, old: Array(keys.dropFirst())) }
    let store = try await ColdFixture.open(CommandLine.arguments[1], keyRing: ring)
    try await store.finishRecoding { say("at \($0.phase) \($0.done)") }
    say("sealed")
    await store.close()
    exit(0)
}
guard CommandLine.arguments.count == 3, let seed = UInt64(CommandLine.arguments[2]) else {
    FileHandle.standardError.write(Data("usage: ColdWriterProbe DIRECTORY SEED\n".utf8))
    exit(2)
}
let store = try await ColdFixture.open(CommandLine.arguments[1], blockRowCount: 32)

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
