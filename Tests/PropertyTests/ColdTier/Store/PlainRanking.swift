import ColdTier
import Foundation
import Knowledge

/// BM25 written down plainly: every item scored, then sorted.
struct PlainRanking {
    private let documents: [[String]]

    init(_ contents: [ItemContent]) {
        documents = contents.map {
            LexicalTokenizer.itemTerms([$0.issue, $0.issue, $0.tags.joined(separator: " "), $0.category, $0.resolution])
        }
    }

    func best(_ count: Int, _ question: [String]) -> [(index: Int, score: Double)] {
        let average = Double(documents.reduce(0) { $0 + $1.count }) / Double(documents.count)
        var scores: [(index: Int, score: Double)] = []
        // Rarest first: the order in which the sum is made, to the last bit.
        let terms = Set(question).map { term in (term, documents.count { $0.contains(term) }) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
        for (index, document) in documents.enumerated() {
            var sum = 0.0
            for (term, holders) in terms {
                let frequency = Double(document.count { $0 == term })
                guard frequency > 0 else { continue }
                let total = Double(documents.count)
                let inverse = log(1 + (total - Double(holders) + 0.5) / (Double(holders) + 0.5))
                sum += inverse * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * Double(document.count) / average))
            }
            if sum > 0 { scores.append((index, (sum * 1_000_000).rounded() / 1_000_000)) }
        }
        return Array(scores.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(count))
    }
}
