import Logging

/// One setting of the server: its two names, what values it takes, what it is when nobody sets it.
///
/// Reading, messages, `--help`, the README's table and `thermocline check` all derive from these, so they
/// cannot disagree. `name` is the environment variable; `keyPath` is the same setting in a configuration
/// file. The environment wins over a file, a file over the default.
public struct SettingDefinition: Sendable, Hashable {
    /// What values a setting takes.
    public enum Kind: Sendable, Hashable {
        case wholeNumber(ClosedRange<Int>)
        /// A whole number of bytes; `KiB`, `MiB` and `GiB` may follow it.
        case bytes(ClosedRange<Int>)
        case number(ClosedRange<Double>)
        case onOff
        case choice([String])
        /// Words separated by commas, or a JSON array of strings.
        case words
        /// Log levels by module, such as `ColdTier=debug,WarmTier=trace`.
        case levels
        /// Origins of web pages separated by commas, or a JSON array of them; `*` alone for any.
        case origins
        /// Any text that is not blank.
        case text
        /// `redis://` or `unix://` with host, port, password and database, or `off`.
        case redisURL
        /// `http://` or `https://` with a host.
        case httpURL
        /// A text that is never shown.
        case secret
        /// IP addresses, or ranges of them as `10.0.0.0/8`, separated by commas.
        case addressRanges
        /// Keys for encryption, separated by commas; never shown.
        case sealingKeys
        /// A file of such keys.
        case sealingKeyFile
    }

    public let name: String
    public let keyPath: String
    public let kind: Kind
    /// Of a number, when its name does not say it: "seconds", "minutes".
    public let unit: String?
    /// As one would write it in the environment; empty when the setting is derived from others.
    public let defaultText: String
    /// Whether a running server takes a new value from its file; others wait for the next start.
    public let isLive: Bool
    /// One line for people.
    public let summary: String

    init(
        _ name: String, _ keyPath: String, _ kind: Kind, unit: String? = nil, default: String, isLive: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.keyPath = keyPath
        self.kind = kind
        self.unit = unit
        defaultText = `default`
        self.isLive = isLive
        self.summary = summary
    }

    /// Whether a value may hold what nobody else should learn.
    var isSecret: Bool { kind == .redisURL || kind == .secret || kind == .sealingKeys }

    private static let keyForm =
        "64 hexadecimal digits, or base64 of 32 random bytes, as `openssl rand -base64 32` makes them"

    /// What a value may be, to finish the sentence "… is not valid: ".
    public var allowed: String {
        let ofUnit = unit.map { " of \($0)" } ?? ""
        return switch kind {
        case .wholeNumber(let range): "a whole number\(ofUnit) from \(range.lowerBound) to \(range.upperBound)"
        case .bytes(let range):
            "a number of bytes from \(range.lowerBound) to \(range.upperBound), such as 67108864 or 64MiB"
        case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .onOff: "true or false"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .words: "words separated by commas, or a JSON array of strings"
        case .levels:
            "modules with levels (" + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                + "), such as ColdTier=debug"
        case .addressRanges: "IP addresses or ranges such as 10.0.0.0/8, separated by commas"
        case .origins: "origins such as https://example.org:8443 separated by commas, a JSON array of them, or * alone"
        case .text, .secret: "a text that is not blank"
        case .httpURL: "http://host[:port][/path] or https://…, without a password, query or fragment"
        case .sealingKeys: Self.keyForm
        case .sealingKeyFile: "a readable file with a key a line, the first in use: each \(Self.keyForm)"
        case .redisURL: "redis://[[user]:password@]host[:port][/database], unix:///path/to/socket[?db=database], or off"
        }
    }
}
