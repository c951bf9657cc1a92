import ColdTier
import Foundation
import HotTier
import Knowledge
import Pipeline
import Routing
import TestSupport
import Testing

/// A random history of a stack with semantic hits, in which reused answers are held to their rules, and all others to
/// being what a search finds now: had a reused answer been kept, one of them would show it.
struct SemanticHistory {
    private(set) var reused = 0
    private(set) var cached = 0
    private(set) var questions = 0

    private let redis: RedisProcess
    private let stack: TestStack
    private let judge: SemanticGuard
    private let callers = ["default", "other"].compactMap { Tenant($0) }
        .map { Caller(tenant: $0, roles: [.reader, .writer]) }
    private var random: SeededGenerator
    private var items: [[ItemID]] = [[], []]
    /// Folded texts that each tenant has asked.
    private var asked: [Set<String>] = [[], []]

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed)
        redis = try await RedisProcess()
        judge = SemanticGuard(try GuardLexicon(folder: SemanticHits.guardListsFolder))
        stack = try await TestStack(
            redis: redis, encoder: try await RealEncoder.shared(), hotCapacity: 40, warmCapacity: 100,
            rules: RoutingRules(hotAccessThreshold: 2, warmAccessThreshold: 1), semantic: try .sample(verifyShare: 0.2))
        for _ in 0..<40 { try await put(tenant: .random(in: callers.indices, using: &random), "seed") }
    }

    func close() async {
        await stack.close()
        #expect(stack.tiers.hot.isConsistent)
    }

    mutating func perform(_ step: Int) async throws {
        let tenant = Int.random(in: callers.indices, using: &random)
        switch Int.random(in: 0..<200, using: &random) {
        case 0..<5: try await put(tenant: tenant, "r\(step)")
        case 5..<7:
            guard let id = items[tenant].randomElement(using: &random) else { return }
            items[tenant].removeAll { $0 == id }
            _ = try await stack.ingest.delete(id, expectedVersion: nil, for: callers[tenant])
        case 7: stack.clock.advance(milliseconds: .random(in: 1...600_000, using: &random))
        default: try await ask(tenant: tenant, step)
        }
    }

    private mutating func ask(tenant: Int, _ step: Int) async throws {
        let question = Question(
            text: phrase(), topK: Int.random(in: 0..<4, using: &random) == 0 ? 2 : 5,
            minScore: Int.random(in: 0..<4, using: &random) == 0 ? 0.6 : nil)
        let reply = try await stack.lookup.answer(question, for: callers[tenant])
        let fresh = try await stack.lookup.answer(
            reply.match == .semantic
                ? Question(text: question.text, topK: Question.maximumTopK, minScore: question.minScore) : question,
            for: callers[tenant], cache: .bypass)
        questions += 1
        switch reply.match {
        case .semantic: try check(reply, fresh, question, tenant: tenant, "step \(step): \(question)")
        case .exact, .search:
            if reply.match == .exact { cached += 1 }
            #expect(reply.answer.fragment == fresh.answer.fragment, "step \(step), \(reply.match): \(question)")
        }
        asked[tenant].insert(question.folded)
    }

    private mutating func check(
        _ reply: Reply, _ fresh: Reply, _ question: Question, tenant: Int, _ comment: String
    ) throws {
        reused += 1
        let origin = try #require(reply.matchedQuery)
        #expect(origin != question.folded && asked[tenant].contains(origin), "\(comment)")
        let (a, b) = (judge.analysis(of: question.folded), judge.analysis(of: origin))
        // Some rules forgive more near 1, none forgives less.
        #expect(judge.check(asked: a, cached: b, cosine: 1) == .accepted, "\(comment) from \(origin)")
        #expect(reply.placementRefused != nil, "\(comment)")
        let results = try results(reply)
        let expected = try Dictionary(uniqueKeysWithValues: self.results(fresh).map { ($0.id, $0) })
        #expect(!results.isEmpty && results.count <= question.topK, "\(comment)")
        for result in results { #expect(expected[result.id] == result, "\(comment)") }
        #expect(results == results.sorted { ($1.similarity, $0.number) < ($0.similarity, $1.number) }, "\(comment)")
    }

    private struct Result: Equatable {
        let id: String
        let similarity: Double
        var number: Int { Int(id) ?? 0 }
    }

    private func results(_ reply: Reply) throws -> [Result] {
        let json = Data("{".utf8) + Data(reply.answer.fragment) + Data("}".utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        return try #require(object["results"] as? [[String: Any]]).map {
            Result(
                id: $0["id"] as? String ?? "", similarity: ($0["similarity_score"] as? NSNumber)?.doubleValue ?? .nan)
        }
    }

    private mutating func put(tenant: Int, _ resolution: String) async throws {
        let content = try ItemContent(issue: statement(), resolution: resolution)
        if case .created(let item) = try await stack.ingest.put(content, for: callers[tenant]) {
            items[tenant].append(item.id)
        }
    }

    // MARK: Texts

    private static let places = ["jenkins", "gitlab", "docker", "kubernetes"]
    private static let things = ["nightly job", "release pipeline", "package cache", "login page"]
    private static let troubles = ["never starts", "starts twice", "hangs for hours", "loses its settings"]

    private mutating func statement() -> String {
        let thing = Self.things.randomElement(using: &random) ?? ""
        let trouble = Self.troubles.randomElement(using: &random) ?? ""
        return "the \(thing) \(trouble) in \(Self.places.randomElement(using: &random) ?? "")"
    }

    /// One of the few statements, in one of its wordings.
    private mutating func phrase() -> String {
        let statement = statement()
        let (head, place) = (
            statement.split(separator: " ").dropLast(2).joined(separator: " "),
            statement.split(separator: " ").last ?? ""
        )
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "in \(place), \(head)"
        case 1: return "please, \(statement)"
        case 2: return "\(statement) again"
        default: return statement
        }
    }
}
