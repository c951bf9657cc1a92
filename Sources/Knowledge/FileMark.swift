public import Foundation

/// What tells one version of a file from another without reading it: identity, size and time of change.
///
/// A file that is replaced by another has another number, so two versions of one second and one size differ too.
public struct FileMark: Sendable, Hashable {
    public let number: Int
    public let byteCount: Int
    public let modified: Date

    /// Looks at the file; blocks. A link stands for what it leads to, for orchestrators replace files by links.
    public init(path: String) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        number = attributes[.systemFileNumber] as? Int ?? 0
        byteCount = attributes[.size] as? Int ?? 0
        modified = attributes[.modificationDate] as? Date ?? .distantPast
    }
}
