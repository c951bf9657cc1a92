import ColdTier
import HotTier
import Knowledge
import Pipeline
import TestSupport
import Testing

/// A random history of a whole stack, in which every reply is compared with one computed afresh.
struct CacheHistory {
    private(set) var questions = 0
    /// Replies from hot or warm.
    private(set) var cached = 0
    /// Replies that a cache could have given at most, of any size and without expiry, if any write ended every answer.
    private(set) var cachedByNumberAlone = 0
    /// Of the replies from hot or warm, those without results.
    private(set) var cachedNegatives = 0
    private var refreshesBeforeRestart: UInt64 = 0
    private var writes = 0
    private var restarts = 0
    private var votes = 0
    private var settled = 0

    private let redis: RedisProcess
    private let directory: TemporaryDirectory
    private let encoder: RememberingEncoder
    private var stack: TestStack
    private var random: SeededGenerator
    private let callers: [Caller]
    private var items: [[ItemID]]
    /// What is asked, the first far more often than the last.
    private var pool: [Question] = []
    private var asked: [Asked: ChangeNumber] = [:]

    private struct Asked: Hashable {
        let tenant: Int
        let question: Question
    }

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        redis = try await RedisProcess()
        directory = try TemporaryDirectory()
        encoder = RememberingEncoder(try await RealEncoder.shared())
        stack = try await Self.open(redis, encoder, directory)
        callers = ["default", "other", "third"].compactMap { Tenant($0) }
            .map { Caller(tenant: $0, roles: [.reader, .writer]) }
        items = callers.map { _ in [] }
        for _ in 0..<50 { pool.append(question()) }
        // Few items come near these, so that now and then there is no result.
        for rank in stride(from: 4, to: 50, by: 9) {
            pool[rank] = Question(text: "crash qqqq zzzz \(rank)", minScore: 0.5)
        }
        for _ in 0..<60 { try await put(tenant: .random(in: callers.indices, using: &random), "seed") }
    }

    /// Of hot answers, before they expired.
    var refreshes: UInt64 { refreshesBeforeRestart + stack.tiers.metrics.refreshes.value }

    func close() async { await stack.close() }

    var summary: String {
        func share(_ count: Int) -> String { "\(count) (\((1_000 * count / max(questions, 1) + 5) / 10) %)" }
        return "\(questions) questions, \(writes) writes, \(restarts) restarts, \(votes) votes that moved \(settled) "
            + "qualities: from the caches \(share(cached)), by the change number alone at most "
            + "\(share(cachedByNumberAlone)), \(cachedNegatives) without results; \(refreshes) early refreshes"
    }

    mutating func perform(_ step: Int) async throws {
        let tenant = Int.random(in: callers.indices, using: &random)
        switch Int.random(in: 0..<2_000, using: &random) {
        case 0..<60: try await put(tenant: tenant, "r\(step)")
        case 60..<80: try await delete(tenant: tenant)
        case 80..<95: try await putWithoutVector(tenant: tenant, "w\(step)")
        case 95..<100: writes += try await stack.ingest.embedPending()
        case 100..<106: stack.clock.advance(milliseconds: .random(in: 1...600_000, using: &random))
        case 106..<112: stack.tiers.hot.flush(tenant: nil)
        case 112..<114:
            await redis.stop()
            try await redis.start()
        case 114..<117: try await restart()
        case 117..<200: try await vote(tenant: tenant)
        case 200..<206: try await settle()
        default: try await ask(tenant: tenant, step)
        }
    }

    private mutating func ask(tenant: Int, _ step: Int) async throws {
        let rank = Double.random(in: 0..<1, using: &random)
        let question = pool[Int(rank * rank * Double(pool.count))]
        let caller = callers[tenant]
        let now = stack.tiers.cold.changeNumber
        let reply = try await stack.lookup.answer(question, for: caller)
        // One that was computed for this very question is itself the fresh one.
        if reply.match == .exact || reply.coalesced {
            let fresh = try await stack.lookup.answer(question, for: caller, cache: .bypass)
            #expect(
                reply.answer.fragment == fresh.answer.fragment,
                "step \(step), \(reply.servedBy): \(question) at \(now), computed at \(reply.answer.changeNumber)")
        }
        questions += 1
        if reply.match == .exact {
            cached += 1
            if reply.answer.resultCount == 0 { cachedNegatives += 1 }
        }
        let asking = Asked(tenant: tenant, question: question)
        if asked.updateValue(now, forKey: asking) == now { cachedByNumberAlone += 1 }
    }

    private mutating func put(tenant: Int, _ resolution: String) async throws {
        writes += 1
        if case .created(let item) = try await stack.ingest.put(content(resolution), for: callers[tenant]) {
            items[tenant].append(item.id)
        }
    }

    /// As if the encoder had failed for once; the vector comes later.
    private mutating func putWithoutVector(tenant: Int, _ resolution: String) async throws {
        writes += 1
        let write = ItemWrite.put(
            tenant: callers[tenant].tenant, content: try content(resolution), vector: nil, skipUnchanged: false)
        if case .created(let item) = try await stack.tiers.cold.write([write]).first { items[tenant].append(item.id) }
    }

    private mutating func delete(tenant: Int) async throws {
        guard let id = items[tenant].randomElement(using: &random) else { return }
        writes += 1
        items[tenant].removeAll { $0 == id }
        _ = try await stack.ingest.delete(id, expectedVersion: nil, for: callers[tenant])
    }

    /// A few of the items get most of the votes, each of its own kind.
    private mutating func vote(tenant: Int) async throws {
        guard let id = items[tenant].prefix(12).randomElement(using: &random) else { return }
        let isLiked = id.rawValue % 3 > 0
        let voter = Caller(
            tenant: callers[tenant].tenant, roles: [.reader], subject: "c\(Int.random(in: 0..<40, using: &random))")
        let isHelpful = Int.random(in: 0..<10, using: &random) == 0 ? !isLiked : isLiked
        if try await stack.ingest.vote(isHelpful: isHelpful, on: id, for: voter) { votes += 1 }
    }

    /// Sometimes much later, when votes have faded.
    private mutating func settle() async throws {
        let days = Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...100, using: &random) : 0
        let moved = try await stack.tiers.cold.settleFeedback(
            at: stack.clock.now.adding(milliseconds: days * 86_400_000))
        settled += moved
        writes += moved
    }

    private mutating func restart() async throws {
        restarts += 1
        refreshesBeforeRestart = refreshes
        await stack.close()
        stack = try await Self.open(redis, encoder, directory)
    }

    private static func open(
        _ redis: RedisProcess, _ encoder: RememberingEncoder, _ directory: TemporaryDirectory
    ) async throws -> TestStack {
        // Every second hit in the last sixth of a life is refreshed: the clock leaps over the last seconds too often.
        try await TestStack(
            redis: redis, encoder: encoder, hotCapacity: 24, warmCapacity: 200, directory: directory,
            uniform: { Bool.random() ? 0.999_999_9 : 0 })
    }

    // MARK: Texts

    private static let subjects = [
        "npm install", "docker build", "git push", "kubernetes pod", "python import", "tls certificate",
        "postgres vacuum", "nginx proxy", "aws s3 upload", "gradle cache", "ssh key", "disk quota",
    ]
    private static let symptoms = [
        "hangs", "fails with E404", "is denied", "runs out of memory", "times out", "crash error", "is slow", "is lost",
    ]
    private static let categories = [nil, nil, "build", "network"]
    private static let tags = [[], [], ["linux"], ["linux", "ci"], ["ci"]]

    private mutating func content(_ resolution: String) throws -> ItemContent {
        try ItemContent(
            issue: text(), resolution: resolution, category: Self.categories.randomElement(using: &random) ?? nil,
            tags: Self.tags.randomElement(using: &random) ?? [])
    }

    private mutating func question() -> Question {
        let isPlain = Bool.random(using: &random)
        return Question(
            text: text(), topK: Int.random(in: 0..<4, using: &random) == 0 ? 1 : 5,
            category: isPlain ? nil : Self.categories.randomElement(using: &random) ?? nil,
            tags: isPlain ? [] : Self.tags.randomElement(using: &random) ?? [],
            minScore: isPlain ? nil : [nil, 0.5, 0.8].randomElement(using: &random) ?? nil,
            strategy: [.auto, .auto, .vector, .lexical, .hybrid].randomElement(using: &random) ?? .auto)
    }

    private mutating func text() -> String {
        let subject = Self.subjects.randomElement(using: &random) ?? ""
        let symptom = Self.symptoms.randomElement(using: &random) ?? ""
        return Int.random(in: 0..<8, using: &random) == 0 ? subject : "\(subject) \(symptom)"
    }
}
