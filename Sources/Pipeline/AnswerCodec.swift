package import Knowledge

/// Encodes results as the members of a reply that do not vary from asker to asker.
package enum AnswerCodec {
    /// `"results":[…],"response":…,"similarity_score":…`, and `"message":…` when there is no result.
    package static func fragment(of results: [RankedItem]) -> [UInt8] {
        var json = JSONWriter(reserving: 1_024)
        json.array("results") { json in
            for result in results { write(result, to: &json) }
        }
        if let first = results.first {
            json.member("response", first.item.content.resolution)
            json.member("similarity_score", first.similarity, decimals: 4)
        } else {
            json.null("response")
            json.null("similarity_score")
            json.member("message", "No matching resolution was found. Try other words or a lower min_score.")
        }
        return json.bytes
    }

    private static func write(_ result: RankedItem, to json: inout JSONWriter) {
        json.object { json in
            let content = result.item.content
            json.member("id", result.item.id.description)
            json.member("version", result.item.version)
            json.member("issue", content.issue)
            json.member("resolution", content.resolution)
            json.member("category", content.category)
            json.array("tags") { json in
                for tag in content.tags { json.element(tag) }
            }
            json.member("similarity_score", result.similarity, decimals: 4)
            json.member("confidence", confidence(of: result.similarity))
            if result.score != result.similarity { json.member("score", result.score, decimals: 6) }
            json.member("score_basis", result.basis.rawValue)
        }
    }

    private static func confidence(of similarity: Double) -> String {
        switch similarity {
        case let similarity where similarity > 0.8: "high"
        case let similarity where similarity > 0.6: "medium"
        default: "low"
        }
    }
}

/// How good an answer looks by itself: Σ(sᵢ/i) / Σ(1/i), i the rank from 1, over its similarities, each with the share
/// that its item's quality has in ranking; 0…1.
package enum AnswerQuality {
    package static func quality(of results: [RankedItem]) -> Double {
        guard !results.isEmpty else { return 0 }
        var weighted = 0.0
        var weights = 0.0
        for (index, result) in results.enumerated() {
            let score = result.similarity + ItemQuality.rankingShare * result.item.quality
            weighted += score / Double(index + 1)
            weights += 1 / Double(index + 1)
        }
        return min(max(weighted / weights, 0), 1)
    }
}
