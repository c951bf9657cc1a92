import Foundation

/// A new, empty folder, removed with the value that owns it.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        // Short: the path of a unix socket in it may have 107 bytes at most.
        path = NSTemporaryDirectory() + "tc-" + String(UInt32.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
