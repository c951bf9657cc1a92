import Knowledge
import Pipeline
import Routing

extension MetricsPage {
    /// What was asked, what answered, and what the router made of it.
    func writeQuestions(to page: inout Exposition) {
        let metrics = parts.stack.metrics
        let latencies = ServedBy.allCases.map { ($0, metrics.latency($0)) }
        page.counter(
            "thermocline_questions", "Questions answered, by what answered them.",
            latencies.map { ([("served_by", $0.0.rawValue)], $0.1.count) })
        page.histogram(
            "thermocline_question_duration_seconds", "Duration of look-ups, by what answered.",
            latencies.map { ([("served_by", $0.0.rawValue)], $0.1) })
        page.counter(
            "thermocline_questions_coalesced", "Questions that shared another's computation.",
            metrics.coalesced.value)
        page.counter("thermocline_promotions", "Answers raised from warm to hot.", metrics.promotions.value)
        page.counter("thermocline_demotions", "Answers lowered from hot to warm.", metrics.demotions.value)
        page.counter(
            "thermocline_refreshes", "Answers in hot computed anew before they expired.", metrics.refreshes.value)
        page.counter(
            "thermocline_router_decisions", "Decisions of the router, by the rule that made them.",
            RoutingDecision.Rule.allCases.map { ([("rule", $0.rawValue)], metrics.decisions(by: $0)) })
        page.counter(
            "thermocline_degraded_replies", "Answers given without a part, by the part.",
            PartHealth.Part.degradable.map { ([("part", $0.rawValue)], metrics.degradedReplies(without: $0.rawValue)) })
        page.histogram(
            "thermocline_encoder_duration_seconds", "Duration of encoding one question.",
            [([], metrics.encoding.snapshot())])
        page.gauge(
            "thermocline_ledger_records", "Questions that the router remembers.", Double(parts.stack.ledger.count))
    }
}
