import Access
import Knowledge

extension MetricsPage {
    func write(_ limits: CallerLimits, to page: inout Exposition) {
        page.counter(
            "thermocline_quota_refusals", "Requests refused because the tenant's month was used up.",
            limits.quota.refused.value)
        page.counter(
            "thermocline_quota_uncounted_tokens", "Tokens passed while quotas could not be counted.",
            limits.quota.passedUncounted.value)
        let rate = limits.rate
        page.counter(
            "thermocline_rate_limit_requests", "Requests of callers with a limit, by outcome.",
            [([("outcome", "allowed")], rate.allowed.value), ([("outcome", "limited")], rate.limited.value)])
        page.counter(
            "thermocline_rate_limit_shared_requests", "Times that Redis was asked for tokens.", rate.asked.value)
        page.counter(
            "thermocline_rate_limit_alone", "Decisions of this server alone, for want of Redis.", rate.alone.value)
        page.gauge(
            "thermocline_rate_limit_degraded", "Whether rates should be shared by Redis and are not.",
            limits.isRateDegraded ? 1 : 0)
        page.gauge("thermocline_rate_limit_callers", "Callers remembered.", Double(rate.callerCount))
    }
}
