package import Configuration
import Foundation
import Yams

/// A configuration file, read and checked for its form: each value's text by the key path of its setting, with its line.
///
/// YAML, mappings within mappings; `hybrid_system: {hot_cache: {max_size: 5000}}` sets `hybrid_system.hot_cache.max_size`.
/// A list stands for words. A key without a value is not set. A key that is no setting is an error, for a misspelt limit
/// that does nothing surprises whoever relies on it. Whether values are valid, `Settings` decides.
public struct SettingsFile: Sendable {
    /// A file of all settings with their comments has about 20 KiB.
    static let maximumBytes = 1 << 20

    struct Entry: Sendable, Hashable {
        let text: String
        /// From 1.
        let line: Int
    }

    public let path: String
    private(set) var entries: [String: Entry] = [:]

    /// Reads the file; blocks.
    init(path: String) throws(SettingsFileError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw SettingsFileError(path, "cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= Self.maximumBytes else {
            throw SettingsFileError(path, "is larger than \(Self.maximumBytes) bytes")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw SettingsFileError(path, "is not UTF-8") }
        try self.init(path: path, text: text)
    }

    package init(path: String, text: String) throws(SettingsFileError) {
        self.path = path
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw SettingsFileError(path, "is not YAML: \(error)".replacing("\n", with: " "))
        }
        guard let root, !Self.isEmpty(root) else { return }
        guard let mapping = root.mapping else { throw SettingsFileError(path, "is no mapping of sections to settings") }
        try read(mapping, below: [])
    }

    /// The same file with some of its entries as another reading has them.
    func taking(_ keyPaths: some Sequence<String>, from other: SettingsFile?) -> SettingsFile {
        var file = self
        for keyPath in keyPaths { file.entries[keyPath] = other?.entries[keyPath] }
        return file
    }

    /// As a source of settings.
    package var provider: InMemoryProvider {
        InMemoryProvider(
            name: path,
            values: Dictionary(
                entries.map { keyPath, entry in
                    (
                        AbsoluteConfigKey(keyPath.split(separator: ".").map(String.init)),
                        ConfigValue(.string(entry.text), isSecret: false)
                    )
                }
            ) { first, _ in first })
    }

    private static let keyPaths = Set(SettingDefinition.all.map(\.keyPath))
    /// What key paths lead through, "hybrid_system" and "hybrid_system.hot_cache" among them.
    private static let sections = Set(
        keyPaths.flatMap { keyPath in
            let steps = keyPath.split(separator: ".")
            return (1..<max(1, steps.count)).map { steps.prefix($0).joined(separator: ".") }
        })

    private mutating func read(_ mapping: Node.Mapping, below path: [String]) throws(SettingsFileError) {
        for (key, value) in mapping {
            let line = key.mark?.line
            guard let name = key.scalar?.string else { throw error(line, "a key is no text") }
            let steps = path + [name]
            let keyPath = steps.joined(separator: ".")
            if Self.isEmpty(value) {
                guard Self.keyPaths.contains(keyPath) || Self.sections.contains(keyPath) else {
                    throw unknown(keyPath, line)
                }
            } else if Self.keyPaths.contains(keyPath) {
                entries[keyPath] = Entry(text: try text(of: value, keyPath), line: line ?? 0)
            } else if Self.sections.contains(keyPath) {
                guard let inner = value.mapping else { throw error(line, "\(keyPath) is a section, not a setting") }
                try read(inner, below: steps)
            } else {
                throw unknown(keyPath, line)
            }
        }
    }

    private func text(of value: Node, _ keyPath: String) throws(SettingsFileError) -> String {
        if let scalar = value.scalar { return scalar.string }
        let words = value.sequence?.map { $0.scalar?.string }
        guard let words, !words.contains(nil), let json = try? JSONEncoder().encode(words.compactMap(\.self)) else {
            throw error(value.mark?.line, "\(keyPath) takes a value or a list of texts")
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// Left out or null.
    private static func isEmpty(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private func unknown(_ keyPath: String, _ line: Int?) -> SettingsFileError {
        error(line, "\(keyPath) is no setting; `thermocline config show` lists them")
    }

    private func error(_ line: Int?, _ text: String) -> SettingsFileError {
        SettingsFileError(path, line.map { "line \($0): \(text)" } ?? text)
    }
}

/// What is wrong with a configuration file; its description is the one line that stops the start.
public struct SettingsFileError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ path: String, _ text: String) {
        description = "\(path): \(text)"
    }
}
