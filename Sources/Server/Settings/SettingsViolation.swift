import Foundation

/// A value that a setting does not take; its description is the one line that stops the start.
public struct SettingsViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The environment variable.
    public let name: String
    /// The value as set, shortened, without a password.
    public let value: String
    /// What would be taken instead.
    public let allowed: String
    /// Where the value stands, when a file has it; to begin a line with.
    var place = ""

    init(_ definition: SettingDefinition, value: String, allowed: String? = nil) {
        name = definition.name
        self.value = definition.shown(value)
        self.allowed = allowed ?? definition.allowed
    }

    public var description: String { "\(place)\(name)=\(value) is not valid: \(allowed)" }
}

extension SettingDefinition {
    /// Enough of a value to recognise it in a terminal.
    private static let maximumShownCharacters = 200

    /// `value` fit for a terminal or a log: one line, not long, and without a password.
    public func shown(_ value: String) -> String {
        var text = value
        switch kind {
        case .redisURL, .httpURL: text = Self.withoutPassword(text)
        case .secret, .sealingKeys: return value.isEmpty ? "" : "***"
        default: break
        }
        text = String(text.map { $0.isNewline ? " " : $0 })
        guard text.count > Self.maximumShownCharacters else { return text }
        return text.prefix(Self.maximumShownCharacters) + "…"
    }

    /// Hides all between the scheme and the last `@`, so that a password with an `@` or a `/` in it is hidden
    /// whole, even in a URL that cannot be parsed; and the parameters when one of them is a password.
    private static func withoutPassword(_ url: String) -> String {
        let shown = url.contains("password=") ? url.prefix { $0 != "?" } + "?***" : url[...]
        guard let at = shown.lastIndex(of: "@") else { return String(shown) }
        let start = shown.range(of: "://")?.upperBound ?? shown.startIndex
        guard start <= at else { return "***" }
        return shown[..<start] + "***" + shown[at...]
    }
}
