import Foundation
import ThermoclineClient

extension ThermoclineClient.Answer {
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
        let milliseconds = searchMilliseconds.formatted(.number.precision(.fractionLength(3)))
        var lines = [
            "\(routing.tierUsed) (\(routing.match)) in \(milliseconds) ms, "
                + "\(routing.totalItemsSearched) items searched, asked \(routing.accessCount) times",
            "placed in \(routing.placedIn): \(routing.reason)",
        ]
        if let matched = routing.matchedQuery { lines.append("reused from: \(matched)") }
        if let refused = routing.placementRefused { lines.append("not placed higher: \(refused)") }
        if !routing.degraded.isEmpty { lines.append("without: " + routing.degraded.joined(separator: ", ")) }
        for step in steps ?? [] { lines += [line(of: step)] + (step.candidates ?? []).map(line) }
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
