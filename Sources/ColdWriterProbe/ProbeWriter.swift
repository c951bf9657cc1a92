import ColdTier
import Knowledge
import TestSupport

/// One of the probe's writers: puts, replaces and deletes items of its own, in batches of 1 to 8.
struct ProbeWriter {
    let store: ColdTier
    let number: Int

    func run(_ random: inout SeededGenerator, say: (String) -> Void) async throws {
        var revisions: [Int: Int] = [:]
        var ids: [Int: ItemID] = [:]
        while true {
            let keys = Set(
                (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 0..<200, using: &random) })
            var batch: [(key: Int, revision: Int, write: ItemWrite)] = []
            for key in keys.sorted() {
                let name = "w\(number)k\(key)"
                if let id = ids[key], Int.random(in: 0..<4, using: &random) == 0 {
                    batch.append((key, 0, .delete(id: id, tenant: .default, expectedVersion: nil)))
                } else {
                    let revision = revisions[key, default: 0] + 1
                    let put = try ColdFixture.put("issue \(name)", "revision r\(revision) of \(name)", tags: [name])
                    batch.append((key, revision, put))
                }
            }
            for entry in batch { say("will w\(number)k\(entry.key) \(entry.revision)") }
            let outcomes = try await store.write(batch.map(\.write))
            for (entry, outcome) in zip(batch, outcomes) {
                revisions[entry.key] = max(entry.revision, revisions[entry.key, default: 0])
                switch outcome {
                case .created(let item), .replaced(let item), .unchanged(let item): ids[entry.key] = item.id
                default: ids[entry.key] = nil
                }
                say("done w\(number)k\(entry.key) \(entry.revision)")
            }
        }
    }
}
