import Knowledge
import Pipeline

/// Writes every metric of the server, part by part, each part in a file of its own.
///
/// Names are stable: `thermocline_<tier or part>_<event>_total`, base units, labels of few values that no user chooses.
struct MetricsPage {
    let parts: ServerParts

    func text(_ format: Exposition.Format) async -> String {
        let stack = parts.stack
        let readings = await stack.readings(warmCapacity: parts.settings.warmCacheSize)
        let health = await parts.healthWatch.latest()
        let disk = await parts.disk.read()
        var page = Exposition(format)
        writeQuestions(to: &page)
        SemanticReport(semantic: stack.semantic, metrics: stack.metrics).write(to: &page)
        for reading in readings { writeTier(reading, to: &page) }
        writeHot(to: &page)
        writeWarm(to: &page)
        writeCold(to: &page)
        writeHTTP(to: &page)
        writeFront(to: &page)
        writeAccess(to: &page)
        BackupReport(parts: parts).write(to: &page)
        if let limits = parts.limits { write(limits, to: &page) }
        writeState(health, to: &page)
        writeProcess(disk, to: &page)
        return page.finished()
    }
}
