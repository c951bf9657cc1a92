import Foundation
import Knowledge
import Pipeline
import TestSupport

// Writes one snapshot after the other until it is killed, and says on standard output which it is about to write and
// which is written, a line each: `will NUMBER ANSWERS` and `done NUMBER ANSWERS`. The number is the change number of the
// snapshot and of all its answers.

guard CommandLine.arguments.count == 4, let seed = UInt64(CommandLine.arguments[2]),
    let first = Int64(CommandLine.arguments[3])
else {
    FileHandle.standardError.write(Data("usage: SnapshotProbe DIRECTORY SEED FIRST\n".utf8))
    exit(2)
}
let file = SnapshotFile(in: CommandLine.arguments[1])
var random = SeededGenerator(seed: seed)

func say(_ text: String) {
    // One unbuffered write a line: what was said before the kill is in the pipe.
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

for number in first... {
    let answers = (0..<Int.random(in: 0...200, using: &random)).map { answer in
        Answer.sample(
            "question \(answer)", changeNumber: ChangeNumber(number),
            fragment: [UInt8](repeating: 7, count: Int.random(in: 0...20_000, using: &random)))
    }
    let origin = HotSnapshot.Origin(
        storeID: "probe", encoder: "", changeNumber: ChangeNumber(number), savedAt: Timestamp(milliseconds: 0))
    say("will \(number) \(answers.count)")
    _ = try file.write(HotSnapshot(origin: origin, answers: answers))
    say("done \(number) \(answers.count)")
}
