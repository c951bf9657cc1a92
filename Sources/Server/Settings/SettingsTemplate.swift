/// A configuration file of every setting with what it is, its unit and range, its default, and what to watch.
///
/// Settings that `values` does not name are commented out with their defaults, so that an update may change them.
package struct SettingsTemplate {
    /// By key path, as YAML writes them.
    let values: [String: String]

    init(values: [String: String] = [:]) {
        self.values = values
    }

    /// What the files of `config/` are made of.
    package enum Purpose: String, CaseIterable, Sendable {
        /// Nothing but defaults.
        case defaults
        /// A server that others reach: keys required, logs for machines, backups; what one tunes stands there to be changed.
        case production
        /// A laptop.
        case development
    }

    package init(_ purpose: Purpose) {
        switch purpose {
        case .defaults: self.init()
        case .production:
            let tuned = [
                "hybrid_system.hot_cache.max_size", "hybrid_system.hot_cache.promotion_threshold",
                "hybrid_system.warm_cache.max_size", "hybrid_system.warm_cache.ttl_minutes",
                "hybrid_system.warm_cache.promotion_threshold", "hybrid_system.routing.recent_access_window",
                "hybrid_system.routing.quality_threshold", "monitoring.metrics_retention_hours",
                "monitoring.health_check_interval", "monitoring.performance_logging",
                "security.rate_limiting.requests_per_minute", "security.rate_limiting.burst_size",
            ]
            let defaults = SettingDefinition.all.filter { tuned.contains($0.keyPath) }
                .map { ($0.keyPath, Self.yaml($0.defaultText)) }
            self.init(
                values: Dictionary(defaults) { first, _ in first }.merging([
                    "server.host": "0.0.0.0", "security.api_key_required": "true", "app.log_format": "json",
                    "backup.interval_minutes": "60",
                ]) { $1 })
        case .development:
            self.init(values: ["app.log_level": "debug", "monitoring.performance_logging": "true"])
        }
    }

    package var text: String {
        var lines = [
            "# Settings of a server: CONFIG_FILE names this file. The environment wins over it; what is commented out has its",
            "# default. The server looks at it every second. `thermocline config check FILE` tells whether it is valid.",
        ]
        var section: [String] = []
        for definition in SettingDefinition.all.sorted(by: Self.precedes) {
            let steps = definition.keyPath.split(separator: ".").map(String.init)
            let parents = Array(steps.dropLast())
            for depth in parents.indices where Array(section.prefix(depth + 1)) != Array(parents.prefix(depth + 1)) {
                if depth == 0 { lines.append("") }
                lines.append("\(Self.indent(depth))\(parents[depth]):")
                section = Array(parents.prefix(depth + 1))
            }
            section = parents
            lines += entry(definition, steps.last ?? "", Self.indent(parents.count))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func entry(_ definition: SettingDefinition, _ name: String, _ indent: String) -> [String] {
        var lines = ["", "\(indent)# \(definition.summary)"]
        let standard = definition.defaultText.isEmpty ? "not set" : definition.defaultText
        lines.append("\(indent)# \(definition.name): \(definition.allowed). Default: \(standard).")
        if let watch = Self.watch[definition.keyPath] { lines.append("\(indent)# Watch \(watch).") }
        if definition.isLive { lines.append("\(indent)# Changes take effect while the server runs.") }
        let comment = values[definition.keyPath] == nil ? "# " : ""
        let value = values[definition.keyPath] ?? Self.yaml(definition.defaultText)
        lines.append("\(indent)\(comment)\(name):\(value.isEmpty ? "" : " ")\(value)")
        return lines
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    /// A scalar that YAML reads as just this text.
    private static func yaml(_ text: String) -> String {
        let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "._-/,".contains($0) } && text.first != "-"
        return isPlain ? text : "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Settings of one section stand together, those of a section before its sections, all in the order of the list.
    private static func precedes(_ a: SettingDefinition, _ b: SettingDefinition) -> Bool {
        func place(_ definition: SettingDefinition) -> [Int] {
            let steps = definition.keyPath.split(separator: ".")
            let parents = (1..<steps.count).map { steps.prefix($0).joined(separator: ".") }
            return parents.map { section in firstIndex { $0.hasPrefix(section + ".") } }
                + [-1, firstIndex { $0 == definition.keyPath }]
        }
        return place(a).lexicographicallyPrecedes(place(b))
    }

    private static func firstIndex(where matches: (String) -> Bool) -> Int {
        SettingDefinition.all.firstIndex { matches($0.keyPath) } ?? 0
    }
}

extension SettingsTemplate {
    /// What tells that a setting should be another, by key path.
    package static let watch: [String: String] = [
        "hybrid_system.hot_cache.max_size":
            "thermocline_hot_evictions_total and GET /api/v1/tiers/advice, which tells the hit rate of other sizes",
        "hybrid_system.hot_cache.max_bytes": "thermocline_hot_bytes against thermocline_hot_capacity_bytes",
        "hybrid_system.hot_cache.eviction_policy": "the hit rate of hot over a day, one policy after the other",
        "hybrid_system.hot_cache.promotion_threshold": "thermocline_router_decisions_total by rule",
        "hybrid_system.hot_cache.snapshot_interval_seconds": "thermocline_hot_snapshot_age_seconds",
        "hybrid_system.warm_cache.max_size": "thermocline_warm_evictions_total, and the memory of Redis",
        "hybrid_system.warm_cache.ttl_minutes":
            "thermocline_warm_expirations_total against thermocline_warm_hits_total",
        "hybrid_system.warm_cache.promotion_threshold": "thermocline_router_decisions_total by rule",
        "hybrid_system.warm_cache.redis_url": "thermocline_degraded{part=\"warm_cache\"}",
        "hybrid_system.routing.recent_access_window": "thermocline_router_decisions_total by rule",
        "hybrid_system.routing.quality_threshold": "thermocline_router_decisions_total by rule",
        "hybrid_system.routing.critical_keywords": "how much of hot is asked only once",
        "hybrid_system.routing.stale_if_error_seconds": "replies with stale: true while the knowledge cannot be read",
        "hybrid_system.cold_storage.data_dir": "thermocline_data_free_bytes",
        "hybrid_system.cold_storage.exact_scan_items": "thermocline_cold_search_duration_seconds",
        "hybrid_system.cold_storage.index_memory_mb":
            "thermocline_cold_chunk_misses_total: when it rises with every question, the limit is too small",
        "hybrid_system.semantic_hits.threshold": "what /api/v1/performance says of false reuses",
        "server.max_connections": "thermocline_connections, and the limit of open files",
        "server.timeout": "connections that are open and idle",
        "security.rate_limiting.requests_per_minute": "thermocline_rate_limit_requests_total{outcome=\"limited\"}",
        "security.rate_limiting.burst_size": "callers that are limited although their minute is not used up",
        "monitoring.metrics_retention_hours": "thermocline_history_bytes",
        "monitoring.slow_question_milliseconds": "how many lines of slow questions the log has",
        "monitoring.trace_share": "what the collector can take",
    ]
}
