package import Knowledge
package import Logging

/// One line of the log.
package struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    /// The target that logs.
    let module: String
    let message: String
    let facts: [(name: String, value: String)]

    package init(
        time: Timestamp, level: Logger.Level, module: String, message: String, facts: [(name: String, value: String)]
    ) {
        self.time = time
        self.level = level
        self.module = module
        self.message = message
        self.facts = facts
    }

    /// With its newline; one line whatever the texts hold.
    package func bytes(_ format: LogFormat) -> [UInt8] {
        switch format {
        case .text: text
        case .json: json
        }
    }

    private var text: [UInt8] {
        var line = "\(time.rfc3339) \(level.rawValue.uppercased()) \(module): \(Self.plain(message))"
        for fact in facts { line += " \(fact.name)=\(Self.quotedIfNeeded(fact.value))" }
        return Array((line + "\n").utf8)
    }

    private var json: [UInt8] {
        var json = JSONWriter(reserving: 256)
        json.object { json in
            json.member("time", time.rfc3339)
            json.member("level", level.rawValue)
            json.member("module", module)
            json.member("message", message)
            for fact in facts { json.member(named: fact.name, fact.value) }
        }
        json.newline()
        return json.bytes
    }

    /// Control characters could forge lines and drive a terminal.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func quotedIfNeeded(_ value: String) -> String {
        let value = plain(value)
        guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return value }
        return "\"" + value.replacing("\"", with: "\\\"") + "\""
    }
}
