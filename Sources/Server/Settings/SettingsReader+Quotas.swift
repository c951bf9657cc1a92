import Knowledge

extension SettingsReader {
    /// Words of the form `tenant=tokens`.
    func quotas(_ definition: SettingDefinition) throws(SettingsViolation) -> [Tenant: Int] {
        var quotas: [Tenant: Int] = [:]
        for word in try words(definition) {
            let sides = word.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, let tenant = Tenant(String(sides[0])), let tokens = Int(sides[1]),
                SettingDefinition.quotaRange.contains(tokens)
            else {
                throw SettingsViolation(
                    definition, value: word,
                    allowed:
                        "tenant=tokens, with tokens from 0 (no limit) to \(SettingDefinition.quotaRange.upperBound)")
            }
            quotas[tenant] = tokens
        }
        return quotas
    }
}
