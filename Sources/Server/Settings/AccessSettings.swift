public import Access
import Foundation

/// The settings of who is let in, and of what is written down of it.
public struct AccessSettings: Sendable, Hashable {
    /// `nil` where no tokens are taken. May hold a secret: never print it.
    public let tokenKeys: TokenKeySource?
    public let trustedProxies: TrustedProxies
    public let failuresPerMinute: Int
    public let auditsQueries: Bool
    /// `nil` for ever.
    public let auditRetentionDays: Int?

    init(_ reader: SettingsReader, requiresKeys: Bool) throws(SettingsViolation) {
        tokenKeys = try reader.tokenKeys()
        trustedProxies = try reader.addressRanges(.trustedProxies)
        failuresPerMinute = try reader.wholeNumber(.failuresPerMinute)
        auditsQueries = try reader.onOff(.auditQueries)
        let days = try reader.wholeNumber(.auditRetention)
        auditRetentionDays = days == 0 ? nil : days
        guard tokenKeys == nil || requiresKeys else {
            throw SettingsViolation(
                .requiresKeys, value: "false",
                allowed: "true where \(try reader.tokenSettings().map(\.name).joined(separator: " or ")) is set: "
                    + "without it nobody is asked for a token")
        }
    }
}

extension SettingsReader {
    /// Those of the three settings of tokens that are set.
    fileprivate func tokenSettings() throws(SettingsViolation) -> [SettingDefinition] {
        [SettingDefinition.jwtSecret, .jwtSecretFile, .jwtKeySetFile].filter { !raw($0).text.isEmpty }
    }

    fileprivate func tokenKeys() throws(SettingsViolation) -> TokenKeySource? {
        let set = try tokenSettings()
        guard let first = set.first else { return nil }
        guard set.count == 1 else {
            throw SettingsViolation(
                first, value: raw(first).text, allowed: "set without \(set[1].name): tokens have one source")
        }
        let text = raw(first).text
        switch first {
        case .jwtSecret: return .secret(try checked(text, first))
        case .jwtSecretFile:
            guard let content = try? String(contentsOfFile: text, encoding: .utf8) else {
                throw SettingsViolation(first, value: text, allowed: "a readable file of text")
            }
            return .secret(try checked(content.trimmingCharacters(in: .whitespacesAndNewlines), first))
        default: return .keySet(file: text)
        }
    }

    private func checked(_ secret: String, _ definition: SettingDefinition) throws(SettingsViolation) -> String {
        guard secret.utf8.count >= TokenKeySource.leastSecretBytes else {
            throw SettingsViolation(
                definition, value: raw(definition).text,
                allowed: "a secret of \(TokenKeySource.leastSecretBytes) bytes or more, "
                    + "as `openssl rand -base64 32` makes one")
        }
        return secret
    }

    func addressRanges(_ definition: SettingDefinition) throws(SettingsViolation) -> TrustedProxies {
        var ranges: [AddressRange] = []
        for word in try words(definition) {
            guard let range = AddressRange(word) else {
                throw SettingsViolation(definition, value: raw(definition).text)
            }
            ranges.append(range)
        }
        return TrustedProxies(ranges)
    }
}
