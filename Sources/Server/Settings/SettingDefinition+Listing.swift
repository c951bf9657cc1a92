public import Configuration

/// One setting as `thermocline check` lists it.
public struct SettingListing: Sendable {
    public let definition: SettingDefinition
    /// The value in force, without a password.
    public let value: String
    /// "environment", "file" or "default".
    public let source: String
    public let violation: SettingsViolation?

    /// All there is to know of the setting, for people.
    public var explanation: String {
        let standard = definition.defaultText.isEmpty ? "not set" : definition.defaultText
        let takesEffect = definition.isLive ? "while the server runs" : "at the next start"
        var lines = [
            "\(definition.name), in a file \(definition.keyPath)", "  \(definition.summary)",
            "  value:    \(value.isEmpty ? "not set" : value) (\(source))", "  default:  \(standard)",
            "  allowed:  \(definition.allowed)", "  changes:  take effect \(takesEffect)",
        ]
        if let violation { lines.append("  problem:  \(violation)") }
        return lines.joined(separator: "\n")
    }
}

extension SettingDefinition {
    /// Every setting with its value and what is wrong with it, in order.
    public static func listing(environment: [String: String], files: [any ConfigProvider] = []) -> [SettingListing] {
        let reader = SettingsReader(environment: environment, files: files)
        return all.map { definition in
            let (text, source) = reader.raw(definition)
            return SettingListing(
                definition: definition, value: definition.shown(text), source: source.rawValue,
                violation: reader.violation(of: definition))
        }
    }

    /// The settings for `--help`: name, default and summary, in columns.
    public static var helpText: String {
        let width = all.map(\.name.count).max() ?? 0
        return all.map { definition in
            let name = definition.name.padded(to: width)
            let standard = definition.defaultText.isEmpty ? "" : " (default: \(definition.defaultText))"
            return "  \(name)  \(definition.summary)\(standard)"
        }.joined(separator: "\n")
    }
}

extension SettingsReader {
    /// What is wrong with one setting, taken alone.
    func violation(of definition: SettingDefinition) -> SettingsViolation? {
        do throws(SettingsViolation) {
            switch definition.kind {
            case .wholeNumber, .bytes: _ = try wholeNumber(definition)
            case .number: _ = try number(definition)
            case .onOff: _ = try onOff(definition)
            case .choice(let choices): try requireChoice(definition, of: choices)
            case .words: _ = try words(definition)
            case .levels: _ = try levels(definition)
            case .addressRanges: _ = try addressRanges(definition)
            case .origins: _ = try origins(definition)
            case .text, .secret: _ = try optionalText(definition)
            case .httpURL: _ = try httpURL(definition)
            case .sealingKeys: _ = try sealingKeys(definition)
            case .sealingKeyFile: _ = try sealingKeys(inFile: definition)
            case .redisURL: _ = try redisURL(definition)
            }
            return nil
        } catch {
            return error
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
