package import Logging

/// The server's log: where its lines go, and what of them.
package final class ServerLog: Sendable {
    private let levels: LogLevels
    private let output: LogOutput
    private let format: LogFormat

    /// - Parameter descriptor: what lines are written to; standard error for a server.
    package init(_ settings: Settings, descriptor: Int32 = 2) {
        levels = LogLevels(settings.logLevel, modules: settings.moduleLogLevels)
        output = LogOutput(descriptor: descriptor)
        format = settings.logFormat
    }

    package var logger: Logger {
        let handler = ServerLogHandler(format: format, levels: levels, sampler: LogSampler(), output: output)
        return Logger(label: "thermocline") { _ in handler }
    }

    /// Lines that nobody took in time.
    var droppedLines: UInt64 { output.dropped }

    package func change(_ settings: Settings) {
        levels.change(settings.logLevel, modules: settings.moduleLogLevels)
    }

    /// Writes what waits, for a second at most.
    package func close() async { await output.close() }
}
