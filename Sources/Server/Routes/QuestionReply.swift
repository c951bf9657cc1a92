import Knowledge
import Pipeline

/// Writes the reply to a question: the answer's bytes as they were stored, and around them what varies.
struct QuestionReply {
    let request: QuestionRequest
    let reply: Reply
    let served: ServedCounts
    /// Name of the encoder, for people.
    let encoderName: String
    let now: Timestamp

    private static let fixedBytes = 1_024
    /// The outcome of a step whose detail is an error's text.
    private static let failed = "unavailable"

    var estimatedByteCount: Int { reply.answer.fragment.count + request.question.text.utf8.count + Self.fixedBytes }

    func write(to json: inout JSONWriter) {
        json.member("query", request.question.text)
        json.splice(reply.answer.fragment)
        json.member("search_time_ms", reply.elapsed.milliseconds, decimals: 3)
        json.object("routing_info") { writeRouting(to: &$0) }
        json.object("metadata") { writeMetadata(to: &$0) }
        if request.explain { json.array("explain") { Self.write(reply.steps, to: &$0) } }
    }

    private func writeRouting(to json: inout JSONWriter) {
        json.member("tier_used", reply.tierUsed)
        json.member("match", reply.match.rawValue)
        if let matched = reply.matchedQuery { json.member("matched_query", matched) }
        json.member("reason", reply.reason)
        json.member("placed_in", reply.placedIn.rawValue)
        if let refused = reply.placementRefused { json.member("placement_refused", refused) }
        json.member("access_count", reply.accessCount)
        json.member("coalesced", reply.coalesced)
        json.array("degraded") { json in
            for degradation in reply.degraded { json.element(degradation.part) }
        }
        if !reply.degraded.isEmpty {
            json.object("degraded_reasons") { json in
                for degradation in reply.degraded { json.member(named: degradation.part, Self.shown(degradation)) }
            }
        }
        if let expiredFor = reply.expiredFor {
            json.member("stale", true)
            json.member("stale_seconds", Int(expiredFor.components.seconds))
        }
        json.member("total_items_searched", reply.answer.itemsSearched)
        json.member("vector_store", Wording.vectorStore)
        json.member("embeddings", encoderName)
        json.object("performance_tier_hit_rates") { json in
            json.member("hot_memory", served.percent(\.hot), decimals: 1)
            json.member("warm_cache", served.percent(\.warm), decimals: 1)
            json.member("cold_storage", served.percent(\.cold), decimals: 1)
        }
    }

    /// The reasons of encoder and store name files of the server, which is for the log and for `/health`.
    private static func shown(_ degradation: Degradation) -> String {
        switch PartHealth.Part(rawValue: degradation.part) {
        case .encoder: "questions are not encoded at the moment, they were searched by their words"
        case .coldStorage: "the knowledge cannot be read at the moment, this answer was kept from before"
        default: degradation.reason
        }
    }

    private func writeMetadata(to json: inout JSONWriter) {
        json.member("timestamp", now.rfc3339)
        json.member("total_queries_processed", Int(clamping: served.total))
        json.member("system_performance", Wording.performance(ofMilliseconds: reply.elapsed.milliseconds))
        json.member("architecture", Wording.architecture)
        json.member("knowledge_version", Int(reply.answer.validThrough.rawValue))
    }

    /// The steps of a look-up, as elements.
    static func write(_ steps: [Step], to json: inout JSONWriter) {
        for step in steps {
            json.object { json in
                json.member("step", step.name)
                json.member("outcome", step.outcome)
                json.member("microseconds", step.microseconds)
                if let detail = step.detail, step.outcome != failed { json.member("detail", detail) }
                guard !step.candidates.isEmpty else { return }
                json.array("candidates") { json in
                    for candidate in step.candidates { write(candidate, to: &json) }
                }
            }
        }
    }

    private static func write(_ candidate: StepCandidate, to json: inout JSONWriter) {
        json.object { json in
            switch candidate.subject {
            case .question(let text): json.member("query", text)
            case .item(let id): json.member("id", id.description)
            }
            json.member("similarity", candidate.similarity, decimals: 4)
            if let verdict = candidate.verdict { json.member("rule", verdict) }
        }
    }
}

extension ServedCounts {
    /// The share of all questions, 0…100.
    func percent(_ count: KeyPath<ServedCounts, UInt64>) -> Double {
        total == 0 ? 0 : 100 * Double(self[keyPath: count]) / Double(total)
    }
}

/// Fixed words of replies.
package enum Wording {
    static let service = "Thermocline"
    static let version = "0.1.0"
    static let architecture = "Hot/Warm/Cold tiered knowledge cache"
    static let vectorStore = "SQLite"
    static let noEncoder = "none"

    static func performance(ofMilliseconds milliseconds: Double) -> String {
        switch milliseconds {
        case ..<10: "optimal"
        case ..<50: "good"
        default: "acceptable"
        }
    }

    package static func percent(_ value: Double) -> String { fixed(value, decimals: 1) + "%" }

    /// At least `decimals` decimals, for numbers inside of texts.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard scaled.isFinite, abs(scaled) < 1e15 else { return "0" }
        let whole = Int(abs(scaled)) / Int(scale)
        let rest = String(Int(abs(scaled)) % Int(scale))
        let sign = scaled < 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(whole) }
        return sign + "\(whole)." + String(repeating: "0", count: decimals - rest.count) + rest
    }
}
