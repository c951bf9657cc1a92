import ThermoclineClient

/// How one part does, as `/health` names and describes it.
struct PartReport: Sendable {
    let part: String
    let status: String
    let reason: String?
    /// The change to another encoder, where one is under way.
    var reembedding: ThermoclineClient.HealthReport.Reembedding?
    /// Texts that are being stored anew, where that is under way.
    var recoding: ThermoclineClient.HealthReport.Recoding?

    /// In the order of names.
    static func list(_ report: ThermoclineClient.HealthReport) -> [PartReport] {
        report.components.sorted { $0.key < $1.key }
            .map { part, component in
                PartReport(
                    part: part, status: component.status, reason: component.reason, reembedding: component.reembedding,
                    recoding: component.recoding)
            }
    }

    /// With what to do where something is wrong.
    var finding: Finding {
        let grade: Finding.Grade =
            switch status {
            case "healthy", "disabled": .ok
            case "degraded": .warn
            default: .bad
            }
        var text = reason.map { "\(status): \($0)" } ?? status
        if let reembedding {
            text += ", \(reembedding.done) of \(reembedding.total) items embedded by \(reembedding.encoder)"
        }
        if let recoding { text += ", \(recoding.work): \(recoding.done) of \(recoding.total) items" }
        return Finding(grade, part, grade == .ok ? text : text + (Self.remedies[part].map { "; \($0)" } ?? ""))
    }

    private static let remedies = [
        "warm_cache": "answers come without the warm tier: start the Redis of REDIS_URL, or set REDIS_URL=off",
        "encoder": "search is by words alone: run scripts/setup, or set MODEL_PATH",
        "rate_limits": "servers do not share callers' rates: start the Redis of REDIS_URL, or set REDIS_URL=off",
        "cold_storage": "look at DATA_DIR and its disk, then restore a backup",
    ]
}
