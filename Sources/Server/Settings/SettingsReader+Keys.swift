import Foundation
import Sealing

/// The keys that texts are encrypted by.
extension SettingsReader {
    /// `nil` when no key is set: then nothing is encrypted.
    func keyRing() throws(SettingsViolation) -> KeyRing? {
        let keys = try sealingKeys(.encryptionKey)
        let fileKeys = try sealingKeys(inFile: .encryptionKeyFile)
        let oldKeys = try sealingKeys(.encryptionOldKeys)
        guard keys.isEmpty || fileKeys.isEmpty else {
            throw SettingsViolation(
                .encryptionKey, value: raw(.encryptionKey).text,
                allowed: "one of ENCRYPTION_KEY and ENCRYPTION_KEY_FILE, not both")
        }
        guard keys.count <= 1 else {
            throw SettingsViolation(
                .encryptionKey, value: raw(.encryptionKey).text,
                allowed: "one key; those that were in use before belong in ENCRYPTION_OLD_KEYS")
        }
        let all = keys + fileKeys
        guard let current = all.first else {
            guard oldKeys.isEmpty else {
                throw SettingsViolation(
                    .encryptionOldKeys, value: raw(.encryptionOldKeys).text,
                    allowed: "set beside ENCRYPTION_KEY or ENCRYPTION_KEY_FILE only: encryption cannot be switched off "
                        + "in place, but an export is plain")
            }
            return nil
        }
        return KeyRing(current: current, old: all.dropFirst() + oldKeys)
    }

    func sealingKeys(_ definition: SettingDefinition) throws(SettingsViolation) -> [SealingKey] {
        let text = raw(definition).text
        guard let keys = KeyRing.parse(text), text.isEmpty || !keys.isEmpty else {
            throw SettingsViolation(definition, value: text)
        }
        return keys
    }

    func sealingKeys(inFile definition: SettingDefinition) throws(SettingsViolation) -> [SealingKey] {
        guard let path = try optionalText(definition) else { return [] }
        return try Self.keys(inFile: path)
    }

    private static func keys(inFile path: String) throws(SettingsViolation) -> [SealingKey] {
        guard let bytes = FileManager.default.contents(atPath: path),
            let keys = KeyRing.parse(String(decoding: bytes, as: UTF8.self)), !keys.isEmpty
        else { throw SettingsViolation(.encryptionKeyFile, value: path) }
        return keys
    }

    /// The keys that a file has now, and those that were set beside it.
    static func keyRing(inFile path: String, oldKeys: [SealingKey]) throws(SettingsViolation) -> KeyRing {
        let keys = try keys(inFile: path)
        guard let current = keys.first else { throw SettingsViolation(.encryptionKeyFile, value: path) }
        return KeyRing(current: current, old: keys.dropFirst() + oldKeys)
    }
}
