import Logging

/// What the server tells of itself.
extension SettingDefinition {
    static let logLevel = SettingDefinition(
        "LOG_LEVEL", "app.log_level",
        .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), default: "info", isLive: true,
        "The least important messages that are logged.")
    static let logLevels = SettingDefinition(
        "LOG_LEVELS", "app.log_levels", .levels, default: "", isLive: true,
        "Levels of single modules, such as ColdTier=debug,WarmTier=trace; the others keep LOG_LEVEL.")
    static let logFormat = SettingDefinition(
        "LOG_FORMAT", "app.log_format", .choice(LogFormat.allCases.map(\.rawValue)), default: LogFormat.text.rawValue,
        "How lines are written to standard error: text for people, json for machines.")
    static let performanceLogging = SettingDefinition(
        "PERFORMANCE_LOGGING", "monitoring.performance_logging", .onOff, default: "false", isLive: true,
        "Log every question with its tier and time, at most 20 a second, without its text.")
    static let slowQuestion = SettingDefinition(
        "SLOW_QUESTION_MILLISECONDS", "monitoring.slow_question_milliseconds", .wholeNumber(0...600_000),
        default: "250", isLive: true,
        "Log questions that took this long, with each step; 0 logs none.")
    static let spanCollector = SettingDefinition(
        "OTEL_EXPORTER_OTLP_ENDPOINT", "monitoring.otlp_endpoint", .httpURL, default: "",
        "Sends spans of requests and of the steps of look-ups to a collector there, by OTLP over HTTP.")
    static let traceShare = SettingDefinition(
        "TRACE_SHARE", "monitoring.trace_share", .number(0...1), default: "0.01",
        "The share of traces that are recorded where the caller's traceparent does not decide it.")

    static let metricsRetention = SettingDefinition(
        "METRICS_RETENTION_HOURS", "monitoring.metrics_retention_hours", .wholeNumber(MetricsHistory.retentionHours),
        unit: "hours", default: "24", "How long minutes are remembered for the dashboard, in memory.")
    static let healthCheckInterval = SettingDefinition(
        "HEALTH_CHECK_INTERVAL", "monitoring.health_check_interval", .wholeNumber(1...3_600), unit: "seconds",
        default: "10", "How often the parts are asked how they do, for metrics.")

    static let observation: [SettingDefinition] = [
        logLevel, logLevels, logFormat, performanceLogging, slowQuestion, spanCollector, traceShare,
        metricsRetention, healthCheckInterval,
    ]
}
