import Foundation
import Knowledge
import Pipeline
import Testing

@Suite("Encoding of answers")
struct AnswerCodecTests {
    private func item(
        _ id: Int64, _ similarity: Double, score: Double? = nil, basis: ScoreBasis = .cosine, quality: Double = 0
    )
        throws -> RankedItem
    {
        let content = try ItemContent(issue: "issue \(id) \"quoted\"", resolution: "line\nline", tags: ["a, b", "c"])
        let time = Timestamp(milliseconds: 0)
        return RankedItem(
            item: KnowledgeItem(
                id: ItemID(id), version: 2, content: content, createdAt: time, updatedAt: time, quality: quality),
            similarity: similarity, score: score ?? similarity, basis: basis)
    }

    private func decode(_ results: [RankedItem]) throws -> [String: Any] {
        let text = "{" + String(decoding: AnswerCodec.fragment(of: results), as: UTF8.self) + "}"
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("Results carry the fields of the contract, and the oldest clients' two")
    func results() throws {
        let reply = try decode([
            try item(7, 0.8123), try item(8, 0.6, score: 0.032787), try item(9, 0, basis: .lexical),
        ])
        let results = try #require(reply["results"] as? [[String: Any]])
        #expect(results.map { $0["id"] as? String } == ["7", "8", "9"])
        #expect(results[0]["version"] as? Int == 2)
        #expect(results[0]["issue"] as? String == "issue 7 \"quoted\"")
        #expect(results[0]["category"] as? String == "general")
        #expect(results[0]["tags"] as? [String] == ["a, b", "c"])
        #expect(results.map { $0["similarity_score"] as? Double } == [0.8123, 0.6, 0])
        #expect(results.map { $0["confidence"] as? String } == ["high", "low", "low"])
        #expect(results.map { $0["score"] as? Double } == [nil, 0.032787, nil])
        #expect(results.map { $0["score_basis"] as? String } == ["cosine", "cosine", "lexical"])
        #expect(reply["response"] as? String == "line\nline")
        #expect(reply["similarity_score"] as? Double == 0.8123)
        #expect(reply["message"] == nil)
    }

    @Test("No result says so")
    func empty() throws {
        let reply = try decode([])
        #expect((reply["results"] as? [Any])?.isEmpty == true)
        #expect(reply["response"] is NSNull)
        #expect(reply["similarity_score"] is NSNull)
        #expect((reply["message"] as? String)?.isEmpty == false)
    }

    @Test("Quality weighs the first results most")
    func quality() throws {
        #expect(AnswerQuality.quality(of: []) == 0)
        #expect(AnswerQuality.quality(of: [try item(1, 0.9)]) == 0.9)
        let two = AnswerQuality.quality(of: [try item(1, 0.9), try item(2, 0.6)])
        #expect(abs(two - (0.9 + 0.3) / 1.5) < 1e-12)
        #expect(AnswerQuality.quality(of: [try item(1, -0.5)]) == 0)
        #expect(abs(AnswerQuality.quality(of: [try item(1, 0.9, quality: -0.4)]) - 0.88) < 1e-12)
        #expect(AnswerQuality.quality(of: [try item(1, 0.99, quality: 0.9)]) == 1)
    }
}
