import Hummingbird
import Knowledge
import Pipeline
import Routing

/// `GET /performance/history`: questions of the last five minutes, what each of the last minutes came to, and what the
/// tiers hold, in columns: a day of minutes is about 150 KB.
///
/// Minutes, rules and joined questions are counted of all tenants together and told to operators alone; others are told of
/// their own questions, in wider steps.
struct HistoryRoutes: Sendable {
    let parts: ServerParts

    /// - Parameter capacity: minutes that are kept.
    static func minutes(_ capacity: Int) -> WholeNumberField {
        WholeNumberField(name: "minutes", meaning: "", range: 0...capacity, standard: min(60, capacity))
    }

    /// A column more than five minutes.
    private static let recentSeconds = 310
    private static let recentStep = 2

    func register(in routes: inout Routes) {
        routes.on(.get, "/performance/history", for: .reader, history)
    }

    @Sendable private func history(_ request: Request, _ context: CallContext) async throws -> Response {
        var query = QueryReader(request)
        let limit = query.readOrStandard(Self.minutes(parts.history.capacity))
        try query.check()
        let tenant = context.caller.visibleTenant
        let minutes = tenant == nil ? parts.history.minutes(limit) : []
        let readings = await readings(of: tenant)
        return .json(reserving: 4_096 + 128 * minutes.count) { json in
            json.member("timestamp", parts.stack.time.now().rfc3339)
            json.member("started_at", parts.startedAt.rfc3339)
            json.member("retention_hours", parts.settings.metricsRetentionHours)
            // What the page that draws this may ask for beside.
            json.array("roles") { json in
                for role in Role.allCases where context.caller.roles.contains(role) { json.element(role.rawValue) }
            }
            json.object("questions") { Self.write(parts.stack.metrics.served(of: tenant), to: &$0) }
            json.object("recent") { writeRecent(of: tenant, to: &$0) }
            json.object("minutes") { Self.write(minutes, to: &$0) }
            json.object("tiers") { json in
                for reading in readings {
                    json.object(named: reading.shortName) { Self.write(reading, to: &$0) }
                }
            }
            json.object("questions_by_rule") { json in
                guard tenant == nil else { return }
                for rule in RoutingDecision.Rule.allCases {
                    json.member(named: rule.rawValue, Double(parts.stack.metrics.decisions(by: rule)), decimals: 0)
                }
            }
            if tenant == nil {
                json.member("coalesced", Int(clamping: parts.stack.metrics.coalesced.value))
            } else {
                json.null("coalesced")
            }
        }
    }

    /// - Parameter tenant: `nil` for all together.
    private func readings(of tenant: Tenant?) async -> [TierReading] {
        let capacity = parts.settings.warmCacheSize
        guard let tenant else { return await parts.stack.readings(warmCapacity: capacity) }
        return parts.stack.readings(of: tenant, warmCapacity: capacity)
    }

    private static func write(_ served: ServedCounts, to json: inout JSONWriter) {
        for outcome in ServedBy.allCases {
            json.member(named: outcome.rawValue, Double(served.count(of: outcome)), decimals: 0)
        }
        json.member("total", Int(clamping: served.total))
    }

    /// Questions answered in steps of `step_seconds`, by what answered, the oldest first.
    private func writeRecent(of tenant: Tenant?, to json: inout JSONWriter) {
        let marks: [CountSample]
        if let tenant {
            marks = parts.tenantSampler.recent(Self.recentSeconds / TenantSampler.intervalSeconds + 1, of: tenant)
            json.member("step_seconds", TenantSampler.intervalSeconds)
        } else {
            let samples = parts.sampler.recent(Self.recentSeconds + 1)
            marks = stride(from: samples.count - 1, through: 0, by: -Self.recentStep).reversed().map { samples[$0] }
            json.member("step_seconds", Self.recentStep)
        }
        for outcome in ServedBy.allCases {
            json.array(named: outcome.rawValue) { json in
                for (before, after) in zip(marks, marks.dropFirst()) {
                    let (earlier, later) = (before.served.count(of: outcome), after.served.count(of: outcome))
                    json.element(Int(clamping: later >= earlier ? later - earlier : 0))
                }
            }
        }
    }

    private static func write(_ minutes: [MinuteSample], to json: inout JSONWriter) {
        json.array("ended_at") { json in
            for minute in minutes { json.element(Int(minute.endedAt.milliseconds / 1_000)) }
        }
        json.array("seconds") { json in
            for minute in minutes { json.element(Double(minute.milliseconds) / 1_000, decimals: 1) }
        }
        for outcome in ServedBy.allCases {
            json.object(named: outcome.rawValue) { json in
                json.array("questions") { json in
                    for minute in minutes { json.element(Int(minute.questions[outcome])) }
                }
                json.array("p50_ms") { json in
                    for minute in minutes { json.element(Double(minute.p50[outcome]), decimals: 3) }
                }
                json.array("p95_ms") { json in
                    for minute in minutes { json.element(Double(minute.p95[outcome]), decimals: 3) }
                }
                json.array("p99_ms") { json in
                    for minute in minutes { json.element(Double(minute.p99[outcome]), decimals: 3) }
                }
            }
        }
        json.array("coalesced") { json in for minute in minutes { json.element(Int(minute.coalesced)) } }
        writeFill(minutes.map(\.fill), to: &json)
        json.object("questions_by_rule") { json in
            for (place, rule) in RoutingDecision.Rule.allCases.enumerated() {
                json.array(named: rule.rawValue) { json in
                    for minute in minutes { json.element(Int(minute.rules[place])) }
                }
            }
        }
    }

    private static func writeFill(_ fills: [MinuteSample.Fill], to json: inout JSONWriter) {
        json.object("items") { json in
            json.array("hot") { json in for fill in fills { json.element(Int(fill.hotItems)) } }
            json.array("warm") { json in
                for fill in fills {
                    json.element(fill.warmItems == .max ? .nan : Double(fill.warmItems), decimals: 0)
                }
            }
            json.array("cold") { json in for fill in fills { json.element(Int(fill.coldItems)) } }
        }
        json.array("hot_bytes") { json in for fill in fills { json.element(Int(clamping: fill.hotBytes)) } }
    }

    private static func write(_ reading: TierReading, to json: inout JSONWriter) {
        func member(_ name: StaticString, _ value: Int?, to json: inout JSONWriter) {
            if let value { json.member(name, value) } else { json.null(name) }
        }
        json.member("name", reading.tier.rawValue)
        member("size", reading.size, to: &json)
        member("capacity", reading.capacity, to: &json)
        member("bytes", reading.bytes, to: &json)
        member("maximum_bytes", reading.maximumBytes, to: &json)
        json.member("questions", Int(clamping: reading.answered))
        json.member("p50_ms", reading.latency.quantileMilliseconds(0.5) ?? 0, decimals: 3)
        json.member("p95_ms", reading.latency.quantileMilliseconds(0.95) ?? 0, decimals: 3)
        json.member("p99_ms", reading.latency.quantileMilliseconds(0.99) ?? 0, decimals: 3)
    }
}

extension ServedCounts {
    func count(of outcome: ServedBy) -> UInt64 {
        switch outcome {
        case .hot: hot
        case .warm: warm
        case .cold: cold
        case .miss: miss
        }
    }
}
