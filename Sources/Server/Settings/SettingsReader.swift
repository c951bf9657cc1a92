import Configuration
import Embedding
import Foundation
import Logging
import WarmTier

/// Reads settings from their sources: the environment, then files, then the default of the definition.
struct SettingsReader: Sendable {
    private let environment: ConfigReader
    private let files: ConfigReader?

    init(environment: [String: String], files: [any ConfigProvider] = []) {
        // Known names alone are passed on, so that an unrelated variable cannot shadow a key of a file.
        let names = Dictionary(SettingDefinition.all.map { ($0.keyPath, $0.name) }) { first, _ in first }
        let provider = EnvironmentVariablesProvider(environmentVariables: environment)
            .mapKeys { key in AbsoluteConfigKey([names[key.components.joined(separator: ".")] ?? ""]) }
        self.environment = ConfigReader(provider: provider)
        self.files = files.isEmpty ? nil : ConfigReader(providers: files)
    }

    /// Where the value of a setting comes from.
    enum Source: String, Sendable {
        case environment, file
        case standard = "default"
    }

    /// The setting's text and its source. A blank one counts as not set, as shells and compose files write it.
    func raw(_ definition: SettingDefinition) -> (text: String, source: Source) {
        let key = ConfigKey(definition.keyPath)
        if let text = environment.string(forKey: key, isSecret: definition.isSecret), !text.isBlankText {
            return (text.trimmed, .environment)
        }
        if let files, let text = fileText(key, in: files), !text.isBlankText { return (text.trimmed, .file) }
        return (definition.defaultText, .standard)
    }

    /// Files have types of their own; whichever the value has, its text is what is validated.
    private func fileText(_ key: ConfigKey, in files: ConfigReader) -> String? {
        if let text = files.string(forKey: key) { return text }
        if let number = files.int(forKey: key) { return String(number) }
        if let number = files.double(forKey: key) { return String(number) }
        if let flag = files.bool(forKey: key) { return String(flag) }
        return files.stringArray(forKey: key)?.joined(separator: ",")
    }

    func text(_ definition: SettingDefinition) throws(SettingsViolation) -> String {
        raw(definition).text
    }

    func optionalText(_ definition: SettingDefinition) throws(SettingsViolation) -> String? {
        let text = raw(definition).text
        return text.isEmpty ? nil : text
    }

    func wholeNumber(_ definition: SettingDefinition) throws(SettingsViolation) -> Int {
        let text = raw(definition).text
        let parsed: (value: Int?, range: ClosedRange<Int>)
        switch definition.kind {
        case .wholeNumber(let range): parsed = (Int(text), range)
        case .bytes(let range): parsed = (Self.byteCount(text), range)
        default: parsed = (nil, 0...0)
        }
        guard let value = parsed.value, parsed.range.contains(value) else {
            throw SettingsViolation(definition, value: text)
        }
        return value
    }

    func number(_ definition: SettingDefinition) throws(SettingsViolation) -> Double {
        let text = raw(definition).text
        guard case .number(let range) = definition.kind, let value = Double(text), range.contains(value) else {
            throw SettingsViolation(definition, value: text)
        }
        return value
    }

    func onOff(_ definition: SettingDefinition) throws(SettingsViolation) -> Bool {
        let text = raw(definition).text
        switch text.lowercased() {
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default: throw SettingsViolation(definition, value: text)
        }
    }

    /// A choice may be written in capitals.
    func choice<Choice: RawRepresentable<String>>(_ definition: SettingDefinition) throws(SettingsViolation) -> Choice {
        let text = raw(definition).text
        guard let choice = Choice(rawValue: text.lowercased()) else {
            throw SettingsViolation(definition, value: text)
        }
        return choice
    }

    func requireChoice(_ definition: SettingDefinition, of choices: [String]) throws(SettingsViolation) {
        let text = raw(definition).text
        guard choices.contains(text.lowercased()) else { throw SettingsViolation(definition, value: text) }
    }

    func words(_ definition: SettingDefinition) throws(SettingsViolation) -> [String] {
        let text = raw(definition).text
        let words: [String]
        if text.hasPrefix("[") {
            guard let decoded = try? JSONDecoder().decode([String].self, from: Data(text.utf8)) else {
                throw SettingsViolation(definition, value: text)
            }
            words = decoded
        } else {
            words = text.split(separator: ",").map(String.init)
        }
        return words.map(\.trimmed).filter { !$0.isEmpty }
    }

    func levels(_ definition: SettingDefinition) throws(SettingsViolation) -> [String: Logger.Level] {
        var levels: [String: Logger.Level] = [:]
        for pair in try words(definition) {
            let parts = pair.split(separator: "=").map(\.trimmed)
            guard parts.count == 2, let module = parts.first, let name = parts.last,
                let level = Logger.Level(rawValue: name.lowercased())
            else { throw SettingsViolation(definition, value: raw(definition).text) }
            levels[module] = level
        }
        return levels
    }

    func origins(_ definition: SettingDefinition) throws(SettingsViolation) -> [String] {
        let origins = try words(definition)
        guard origins == ["*"] || origins.allSatisfy(CrossOriginPolicy.isOrigin) else {
            throw SettingsViolation(definition, value: raw(definition).text)
        }
        return origins
    }

    /// `nil` when neither file is set; one without the other is a mistake.
    func tlsFiles() throws(SettingsViolation) -> TLSFiles? {
        switch (try optionalText(.tlsCertificateFile), try optionalText(.tlsKeyFile)) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return TLSFiles(certificate: certificate, key: key)
        case (nil, _): throw SettingsViolation(.tlsCertificateFile, value: "", allowed: "needed beside TLS_KEY_FILE")
        case (_, nil): throw SettingsViolation(.tlsKeyFile, value: "", allowed: "needed beside TLS_CERTIFICATE_FILE")
        }
    }

    /// `nil` when the tier is switched off.
    func redisURL(_ definition: SettingDefinition) throws(SettingsViolation) -> String? {
        let text = raw(definition).text
        if text.lowercased() == "off" { return nil }
        guard (try? RedisAddress(url: text)) != nil else { throw SettingsViolation(definition, value: text) }
        return text
    }

    /// `nil` when it is not set.
    func httpURL(_ definition: SettingDefinition) throws(SettingsViolation) -> String? {
        guard let text = try optionalText(definition) else { return nil }
        guard RemoteEndpoint.isValid(url: text) else { throw SettingsViolation(definition, value: text) }
        return text
    }

    private static func byteCount(_ text: String) -> Int? {
        let units = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
        for (suffix, factor) in units where text.lowercased().hasSuffix(suffix.lowercased()) {
            guard let count = Int(text.dropLast(suffix.count).trimmed) else { return nil }
            let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
            return overflow ? nil : bytes
        }
        return Int(text)
    }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
    fileprivate var isBlankText: Bool { allSatisfy(\.isWhitespace) }
}
