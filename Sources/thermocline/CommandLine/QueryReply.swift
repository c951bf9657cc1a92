import Foundation

/// The reply to a question as the API sends it: the parts that are shown to a person.
struct QueryReply: Decodable {
    struct Result: Decodable {
        let issue: String
        let resolution: String
        let category: String
        let tags: [String]
        let similarityScore: Double
        let confidence: String
    }

    struct Routing: Decodable {
        let tierUsed: String
        let match: String
        let matchedQuery: String?
        let reason: String
        let placedIn: String
        let placementRefused: String?
        let accessCount: Int
        let degraded: [String]
        let totalItemsSearched: Int
    }

    struct Step: Decodable {
        let step: String
        let outcome: String
        let microseconds: Int
        let detail: String?
        let candidates: [Candidate]?
    }

    /// Of a step: a kept question, or an item by its id.
    struct Candidate: Decodable {
        let query: String?
        let id: String?
        let similarity: Double
        let rule: String?
    }

    let results: [Result]
    let message: String?
    let searchTimeMs: Double
    let routingInfo: Routing
    let explain: [Step]?

    init(json bytes: [UInt8]) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(QueryReply.self, from: Data(bytes))
    }

    /// For a terminal.
    var text: String {
        var blocks = results.enumerated().map { block(of: $0.element, rank: $0.offset + 1) }
        if results.isEmpty { blocks.append(message ?? "Nothing that fits is known.") }
        blocks.append(way.joined(separator: "\n"))
        return blocks.joined(separator: "\n\n")
    }

    private func block(of result: Result, rank: Int) -> String {
        let score = result.similarityScore.formatted(.number.precision(.fractionLength(4)))
        let labels = ([result.category] + result.tags).joined(separator: ", ")
        let resolution = result.resolution.split(separator: "\n", omittingEmptySubsequences: false)
        return
            (["\(rank). \(result.issue)", "   \(score) \(result.confidence)  [\(labels)]"]
            + resolution.map { $0.isEmpty ? "" : "   " + $0 }).joined(separator: "\n")
    }

    private var way: [String] {
        let milliseconds = searchTimeMs.formatted(.number.precision(.fractionLength(3)))
        var lines = [
            "\(routingInfo.tierUsed) (\(routingInfo.match)) in \(milliseconds) ms, "
                + "\(routingInfo.totalItemsSearched) items searched, asked \(routingInfo.accessCount) times",
            "placed in \(routingInfo.placedIn): \(routingInfo.reason)",
        ]
        if let matched = routingInfo.matchedQuery { lines.append("reused from: \(matched)") }
        if let refused = routingInfo.placementRefused { lines.append("not placed higher: \(refused)") }
        if !routingInfo.degraded.isEmpty { lines.append("without: " + routingInfo.degraded.joined(separator: ", ")) }
        for step in explain ?? [] { lines += [line(of: step)] + (step.candidates ?? []).map(line) }
        return lines
    }

    private func line(of step: Step) -> String {
        let columns = [step.step.padded(to: 16), step.outcome.padded(to: 12)].joined()
        let time = String(step.microseconds)
        let padding = String(repeating: " ", count: max(0, 9 - time.count))
        return "  \(columns)\(padding)\(time) µs  \(step.detail ?? "")"
    }

    private func line(of candidate: Candidate) -> String {
        let similarity = candidate.similarity.formatted(.number.precision(.fractionLength(4)))
        let subject = candidate.query ?? candidate.id.map { "item \($0)" } ?? ""
        return "      \(similarity)  \(candidate.rule.map { $0.padded(to: 18) } ?? "")\(subject)"
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
