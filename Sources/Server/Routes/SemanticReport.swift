import Knowledge
import Pipeline

/// What semantic hits come to, for one tenant and on the whole, as `/performance` and `/metrics` tell it.
struct SemanticReport {
    /// `nil` while they are off.
    let semantic: SemanticHits?
    let metrics: QuestionMetrics

    /// What is verified is told to the tenant whose questions those were; what is counted of all together, to operators.
    func write(to json: inout JSONWriter, for caller: Caller) {
        json.member("mode", semantic == nil ? SemanticMode.off.rawValue : SemanticMode.guarded.rawValue)
        if caller.visibleTenant == nil { writeWhole(to: &json) }
        guard let semantic else { return }
        let record = semantic.falseHits.record(of: caller.tenant)
        json.member("threshold", record.threshold, decimals: 4)
        json.member("verified", Int(clamping: record.verified))
        json.member("false_hits", Int(clamping: record.falseHits))
        if let rate = record.rate {
            json.member("false_hit_rate", rate, decimals: 6)
            json.member("false_hit_rate_lower", record.interval.lower, decimals: 6)
            json.member("false_hit_rate_upper", record.interval.upper, decimals: 6)
        } else {
            json.null("false_hit_rate")
        }
    }

    private func writeWhole(to json: inout JSONWriter) {
        json.object("questions_by_match") { json in
            for match in Match.allCases {
                json.member(named: match.rawValue, Double(metrics.answered(by: match)), decimals: 0)
            }
        }
        guard let semantic else { return }
        json.object("candidates_by_rule") { json in
            for verdict in ReuseVerdict.counted where semantic.candidates(verdict) > 0 {
                json.member(named: verdict.name, Double(semantic.candidates(verdict)), decimals: 0)
            }
        }
        let duration = semantic.duration.snapshot()
        json.member("p50_ms", duration.quantileMilliseconds(0.5) ?? 0, decimals: 3)
        json.member("p99_ms", duration.quantileMilliseconds(0.99) ?? 0, decimals: 3)
    }

    func write(to page: inout Exposition) {
        page.counter(
            "thermocline_questions_by_match", "Questions answered, by how the answer came to fit.",
            Match.allCases.map { ([("match", $0.rawValue)], metrics.answered(by: $0)) })
        guard let semantic else { return }
        page.counter(
            "thermocline_semantic_candidates", "Kept questions close to another, by the rule that decided on reuse.",
            ReuseVerdict.counted.map { ([("rule", $0.name)], semantic.candidates($0)) })
        page.histogram(
            "thermocline_semantic_duration_seconds", "Duration of looking for an answer to reuse.",
            [([], semantic.duration.snapshot())])
        let tenants = semantic.falseHits.all
        page.counter(
            "thermocline_semantic_verified", "Reused answers that a fresh search verified, by tenant.",
            tenants.map { ([("tenant", $0.tenant.name)], $0.record.verified) })
        page.counter(
            "thermocline_semantic_false_hits", "Verified answers that proved another's, by tenant.",
            tenants.map { ([("tenant", $0.tenant.name)], $0.record.falseHits) })
        page.gauge(
            "thermocline_semantic_false_hit_rate", "Ends of the 95 % interval of the false share, by tenant.",
            tenants.flatMap { tenant, record in
                [("lower", record.interval.lower), ("upper", record.interval.upper)]
                    .map { ([("tenant", tenant.name), ("bound", $0.0)], $0.1) }
            })
        page.gauge(
            "thermocline_semantic_threshold", "The least cosine at which answers are reused now, by tenant.",
            tenants.map { ([("tenant", $0.tenant.name)], $0.record.threshold) })
    }
}
