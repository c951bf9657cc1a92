import Foundation

/// Where a process has its settings from: its environment, and the file that `CONFIG_FILE` names there, if any.
public struct SettingsSource: Sendable {
    /// The variable that names the file. No setting itself, for a file cannot say where it is.
    public static let fileVariable = "CONFIG_FILE"

    let environment: [String: String]
    /// `nil` without a file.
    public let path: String?

    /// - Parameters:
    ///   - environment: `nil` for this process's own.
    ///   - file: in place of the one that `CONFIG_FILE` names.
    public init(environment: [String: String]? = nil, file: String? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.environment = environment
        let path = file ?? environment[Self.fileVariable]?.trimmingCharacters(in: .whitespaces) ?? ""
        self.path = path.isEmpty ? nil : path
    }

    /// Reads the file, if there is one, and all settings; blocks.
    ///
    /// Throws `SettingsFileError` or `SettingsViolation`; either is one line that says where and what.
    public func load() throws -> LoadedSettings {
        try LoadedSettings(environment: environment, file: try file())
    }

    /// Every setting with its value and what is wrong with it, in order; blocks.
    public func listing() throws(SettingsFileError) -> [SettingListing] {
        let file = try file()
        return SettingDefinition.listing(environment: environment, files: file.map { [$0.provider] } ?? [])
    }

    func file() throws(SettingsFileError) -> SettingsFile? {
        guard let path else { return nil }
        return try SettingsFile(path: path)
    }
}

/// Settings that are valid as a whole, with the sources that they were read from.
public struct LoadedSettings: Sendable {
    public let settings: Settings
    let environment: [String: String]
    /// As it is in force; `nil` without one.
    let file: SettingsFile?

    /// Where to read them again.
    var source: SettingsSource { SettingsSource(environment: environment) }

    package init(environment: [String: String], file: SettingsFile?) throws(SettingsViolation) {
        self.environment = environment
        self.file = file
        do throws(SettingsViolation) {
            settings = try Settings(environment: environment, files: file.map { [$0.provider] } ?? [])
        } catch {
            throw error.placed(in: file, environment: environment)
        }
    }

    /// The raw values in force, by definition.
    var listing: [SettingListing] {
        SettingDefinition.listing(environment: environment, files: file.map { [$0.provider] } ?? [])
    }

    /// The settings whose values differ from what they were, as they are now.
    package func changes(from earlier: LoadedSettings) -> [SettingListing] {
        zip(earlier.listing, listing).filter { $0.value != $1.value }.map(\.1)
    }

    /// What a running server makes of a file that was read again: live settings by the new file, the others as they are.
    ///
    /// - Returns: the settings to put in force, and those that change at the next start only.
    package func taking(
        _ file: SettingsFile?
    ) throws(SettingsViolation) -> (inForce: LoadedSettings, waiting: [SettingDefinition]) {
        // Valid as a whole, or refused as a whole: the next start must not fail by what a running server took.
        let next = try LoadedSettings(environment: environment, file: file)
        let fixed = SettingDefinition.all.filter { !$0.isLive }
        let waiting = next.changes(from: self).map(\.definition).filter { !$0.isLive }
        guard let file else { return (next, waiting) }
        return (
            try LoadedSettings(
                environment: environment, file: file.taking(fixed.map(\.keyPath), from: self.file)), waiting
        )
    }
}

extension SettingsViolation {
    /// The same, saying where in the file the value stands if it is the file's.
    fileprivate func placed(in file: SettingsFile?, environment: [String: String]) -> SettingsViolation {
        guard let file, let definition = SettingDefinition.all.first(where: { $0.name == name }),
            SettingsReader(environment: environment, files: [file.provider]).raw(definition).source == .file,
            let entry = file.entries[definition.keyPath]
        else { return self }
        var placed = self
        placed.place = "\(file.path): line \(entry.line): \(definition.keyPath): "
        return placed
    }
}
