import Embedding
import Foundation
import HotTier
import Knowledge
import Logging
import Pipeline
import Routing
import TestSupport
import Testing
import WarmTier

@Suite("Answers that an operator keeps, over a restart too")
struct PlacementTests {
    private static let issues = [
        "npm install hangs behind a corporate proxy", "docker build fails with no space left on device",
        "git push is rejected because the remote contains work", "pod stays in CrashLoopBackOff",
    ]

    private func stack(
        redis: RedisProcess? = nil, directory: TemporaryDirectory? = nil, hotCapacity: Int = 1_000
    ) async throws -> TestStack {
        let stack = try await TestStack(
            redis: redis, encoder: try await RealEncoder.shared(), hotCapacity: hotCapacity, directory: directory)
        if directory == nil {
            for issue in Self.issues {
                _ = try await stack.ingest.put(try ItemContent(issue: issue, resolution: "how to"), for: .anonymous)
            }
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while redis != nil, !stack.tiers.warm.health.isServing, .now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        return stack
    }

    private func snapshots(_ stack: TestStack) -> HotSnapshots {
        HotSnapshots(
            stack.tiers, directory: stack.directory.path,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func ask(_ stack: TestStack, _ text: String) async throws -> Reply {
        try await stack.lookup.answer(Question(text: text), for: .anonymous)
    }

    /// Asked first, then saved, then closed: what the next stack in the same folder finds.
    private func saved(_ questions: [String], pinning: Bool = false) async throws -> TemporaryDirectory {
        let stack = try await stack()
        for question in questions { _ = try await ask(stack, question) }
        if pinning {
            for answer in stack.tiers.hot.answers(tenant: .default) {
                _ = stack.tiers.hot.pin(answer.fingerprint, tenant: .default)
            }
        }
        let snapshots = snapshots(stack)
        await snapshots.save()
        #expect(snapshots.status.failure == nil)
        #expect(snapshots.status.saves == 1)
        #expect(snapshots.status.answerCount == questions.count)
        await stack.close()
        return stack.directory
    }

    /// Kept hot at the first asking.
    private static let critical = [
        "an error of npm in the morning", "an error of docker at noon", "an error of git in the evening",
    ]

    @Test("What was hot and counted is so again after a restart, in the same order")
    func restart() async throws {
        let directory = try await saved(Self.critical)
        let next = try await stack(directory: directory)
        let snapshots = snapshots(next)
        await snapshots.restore()
        #expect(snapshots.status.restoredAnswers == 3)
        let texts = next.tiers.hot.answersOldestFirst().map(\.key.foldedText)
        #expect(texts == Self.critical)
        let reply = try await ask(next, Self.critical[0])
        #expect(reply.servedBy == .hot)
        #expect(reply.accessCount == 2)
        await next.close()
    }

    @Test("A write between ends the answers, but neither pins nor counts")
    func writeBetween() async throws {
        let directory = try await saved(Self.critical, pinning: true)
        let between = try await stack(directory: directory)
        _ = try await between.ingest.put(try ItemContent(issue: "new", resolution: "new"), for: .anonymous)
        await between.close()
        let next = try await stack(directory: directory)
        let snapshots = snapshots(next)
        await snapshots.restore()
        #expect(next.tiers.hot.count == 0)
        #expect(next.tiers.hot.pinCount == 3)
        let reply = try await ask(next, Self.critical[1])
        #expect(reply.servedBy == .cold)
        #expect(reply.accessCount == 2)
        #expect(reply.reason == "Pinned")
        #expect(reply.placedIn == .hot)
        await next.close()
    }

    @Test("An answer that expired meanwhile stays away")
    func expired() async throws {
        let directory = try await saved(Self.critical)
        let next = try await stack(directory: directory)
        next.clock.advance(milliseconds: 60 * 60_000)
        await snapshots(next).restore()
        #expect(next.tiers.hot.count == 0)
        await next.close()
    }

    @Test(
        "A damaged, cut or foreign file is left alone, and the start goes on", arguments: ["damaged", "cut", "foreign"])
    func unusable(how: String) async throws {
        let directory = try await saved(Self.critical)
        let path = directory.path + "/" + SnapshotFile.name
        var bytes = try Data(contentsOf: URL(filePath: path))
        if how == "damaged" { bytes[bytes.count / 2] ^= 1 }
        if how == "cut" { bytes.removeLast(5) }
        // Another folder is another store.
        let next = try await stack(directory: how == "foreign" ? nil : directory)
        try bytes.write(to: URL(filePath: next.directory.path + "/" + SnapshotFile.name))
        let snapshots = snapshots(next)
        await snapshots.restore()
        #expect(snapshots.status.refusal != nil)
        #expect(next.tiers.hot.count == 0)
        #expect(next.tiers.ledger.count == 0)
        #expect(try await ask(next, Self.critical[0]).servedBy == .cold)
        await next.close()
    }

    @Test("Where it cannot be written, status says so and the file before stays")
    func unwritable() async throws {
        let stack = try await stack()
        let snapshots = snapshots(stack)
        await snapshots.save()
        let path = stack.directory.path + "/" + SnapshotFile.name
        // A folder in the place of the draft: opening that for writing fails.
        try FileManager.default.createDirectory(atPath: path + ".draft", withIntermediateDirectories: false)
        await snapshots.save()
        #expect(snapshots.status.failures == 1)
        #expect(snapshots.status.failure != nil)
        #expect(try SnapshotFile(in: stack.directory.path).load() != nil)
        await stack.close()
    }

    @Test("A pinned question is hot at its first asking, and again after a write")
    func pinned() async throws {
        let stack = try await stack()
        let text = "what is there to know"
        let first = try await ask(stack, text)
        #expect(first.placedIn == .cold)
        _ = stack.tiers.hot.pin(first.answer.fingerprint, tenant: .default)
        let second = try await ask(stack, text)
        #expect(second.reason == "Pinned")
        #expect(second.placedIn == .hot)
        #expect(try await ask(stack, text).servedBy == .hot)
        _ = try await stack.ingest.put(try ItemContent(issue: text, resolution: "this"), for: .anonymous)
        let after = try await ask(stack, text)
        #expect(after.servedBy == .cold)
        #expect(after.placedIn == .hot)
        await stack.close()
    }

    @Test("Questions are made hot without having been asked")
    func warmUp() async throws {
        let stack = try await stack()
        let warmUp = WarmUp(stack.lookup)
        let questions = Self.issues.map { Question(text: $0) }
        let counts = try #require(await warmUp.run(questions + [questions[0]], for: .anonymous))
        #expect(counts.requested == 5)
        // The same question twice at once may be computed twice, or found.
        #expect(counts.placed + counts.alreadyHot == 5 && counts.placed >= 4)
        #expect(stack.tiers.metrics.served.total == 0)
        #expect(stack.tiers.ledger.count == 0)
        let again = try #require(await warmUp.run(questions, for: .anonymous))
        #expect(again.alreadyHot == 4)
        let reply = try await ask(stack, Self.issues[2])
        #expect(reply.servedBy == .hot)
        #expect(reply.accessCount == 1)
        await stack.close()
    }

    @Test("A warm-up does not push its own answers out")
    func warmUpOfSmallTier() async throws {
        let stack = try await stack(hotCapacity: 2)
        let counts = try #require(
            await WarmUp(stack.lookup).run(Self.issues.map { Question(text: $0) }, for: .anonymous))
        #expect(counts.placed == 2)
        #expect(counts.skipped == 2)
        await stack.close()
    }

    @Test("The most asked are raised from warm; what no tier has is unknown")
    func warmUpTop() async throws {
        let stack = try await stack(redis: try await RedisProcess())
        // Common words: kept warm at the first asking.
        for text in ["install npm", "install node"] {
            let reply = try await ask(stack, text)
            try #require(reply.placedIn == .warm)
        }
        _ = try await ask(stack, "something rare")
        let other = try #require(Tenant("other"))
        let foreign = try #require(
            await WarmUp(stack.lookup).run(top: 10, for: Caller(tenant: other, roles: [.admin])))
        #expect(foreign.requested == 0)
        let counts = try #require(await WarmUp(stack.lookup).run(top: 10, for: .anonymous))
        #expect(counts.requested == 3)
        #expect(counts.placed == 2)
        #expect(counts.unknown == 1)
        #expect(try await ask(stack, "install npm").servedBy == .hot)
        await stack.close()
    }

    @Test("Kept answers are found by vector where they have one, else by words, in hot and in warm")
    func search() async throws {
        let stack = try await stack(redis: try await RedisProcess())
        for text in Self.critical { _ = try await ask(stack, text) }
        for text in ["install npm", "install docker", "setup git"] { _ = try await ask(stack, text) }
        let vector = try await RealEncoder.shared().encode(Self.critical[0])
        let kept = KeptAnswers(stack.tiers)
        let near = kept.searchHot(
            KeptRanking(folded: Self.critical[0], vector: vector, topK: 2), tenant: .default)
        #expect(near.matches.first?.answer.key.foldedText == Self.critical[0])
        #expect((near.matches.first?.similarity ?? 0) > 0.97)
        #expect(near.matches.count <= 2)
        #expect(near.answersSearched == 3 && near.isComplete)
        let byWords = kept.searchHot(
            KeptRanking(folded: "the docker error", vector: nil, topK: 5), tenant: .default)
        #expect(byWords.matches.first?.answer.key.foldedText == Self.critical[1])
        // Two words of three in common, of seven in all.
        #expect(byWords.matches.first?.similarity == 0.2857)

        let warm = try #require(
            await kept.searchWarm(KeptRanking(folded: "docker install", vector: nil, topK: 2), tenant: .default))
        #expect(warm.matches.first?.answer.key.foldedText == "install docker")
        #expect(warm.matches.count == 2)
        #expect(warm.answersSearched == 3 && warm.isComplete)
        let other = try #require(Tenant("other"))
        #expect(kept.searchHot(KeptRanking(folded: "docker", vector: nil, topK: 5), tenant: other).matches.isEmpty)
        await stack.close()
    }
}
