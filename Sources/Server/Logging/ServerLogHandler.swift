import Knowledge
package import Logging

/// Writes what is logged as lines of text or JSON, each with its time, level, module and facts.
package struct ServerLogHandler: LogHandler {
    let format: LogFormat
    let levels: LogLevels
    let sampler: LogSampler
    let output: LogOutput

    package var metadata = Logger.Metadata()
    package var metadataProvider: Logger.MetadataProvider?

    /// Of this logger alone, where someone has set it; then levels of modules do not count.
    private var ownLevel: Logger.Level?

    package init(format: LogFormat, levels: LogLevels, sampler: LogSampler, output: LogOutput) {
        self.format = format
        self.levels = levels
        self.sampler = sampler
        self.output = output
    }

    /// Of all modules the least; what a module's own level leaves out is left out by `log`.
    package var logLevel: Logger.Level {
        get { ownLevel ?? levels.leastOfAll }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard event.level >= ownLevel ?? levels.level(of: event.source) else { return }
        let now = TimeSource.system.now()
        guard let leftOut = sampler.admit(file: event.file, line: event.line, at: now) else { return }
        var facts = metadata
        if let provided = metadataProvider?.get() { facts.merge(provided) { $1 } }
        if let own = event.metadata { facts.merge(own) { $1 } }
        if let error = event.error { facts["error"] = "\(error)" }
        if leftOut > 0 { facts["similar_left_out"] = "\(leftOut)" }
        let line = LogLine(
            time: now, level: event.level, module: event.source, message: event.message.description,
            facts: facts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) })
        output.write(line.bytes(format))
    }
}
