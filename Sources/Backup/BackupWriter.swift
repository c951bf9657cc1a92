import ColdTier
import Crypto
import Foundation
import Knowledge
import Sealing

/// Writes a backup: head, blocks, end. See `BackupFormat`.
///
/// For one thread at a time; holds a few blocks.
struct BackupWriter {
    private let file: DraftFile
    private let seal: Sealer?
    private let headerDigest: String
    private var digest = SHA256()
    private var blockNumber: UInt64 = 0

    init(_ header: BackupHeader, seal: Sealer?, to file: DraftFile) throws(BackupError) {
        self.file = file
        self.seal = seal
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text: [UInt8]
        do {
            text = Array(try encoder.encode(header))
        } catch {
            throw .unusable(path: file.path, reason: "\(error)")
        }
        headerDigest = BackupFormat.digest(text)
        var head = BackupFormat.magic
        head += BackupFormat.bytes(of: UInt32(BackupFormat.version))
        head += BackupFormat.bytes(of: UInt32(text.count))
        head += BackupFormat.bytes(of: text.withUnsafeBytes { XXH64.hash($0) })
        try write(head + text)
    }

    /// Copies a database's file, a block at a time.
    ///
    /// - Parameter progress: gets the bytes of each block; may throw to break off.
    mutating func add(_ source: SourceFile, _ progress: (Int) throws(BackupError) -> Void) throws(BackupError) {
        while case let content = try source.read(BackupFormat.blockByteCount), !content.isEmpty {
            try add(block: content)
            try progress(content.count)
        }
    }

    private mutating func add(block content: [UInt8]) throws(BackupError) {
        var flags: BackupFormat.Flags = []
        var stored = content
        if let compressed = BlockCompression.compressed(content) {
            stored = compressed
            flags.insert(.compressed)
        }
        if let seal {
            do {
                stored = try seal.seal(
                    stored, as: BackupFormat.context(headerDigest: headerDigest, block: blockNumber))
            } catch {
                throw .unusable(path: file.path, reason: "it could not be sealed: \(error)")
            }
            flags.insert(.sealed)
        }
        blockNumber += 1
        try write(blockHead(contentCount: content.count, stored, flags))
        try write(stored)
    }

    private func blockHead(contentCount: Int, _ stored: [UInt8], _ flags: BackupFormat.Flags) -> [UInt8] {
        BackupFormat.bytes(of: UInt32(contentCount)) + BackupFormat.bytes(of: UInt32(stored.count))
            + BackupFormat.bytes(of: flags.rawValue)
            + BackupFormat.bytes(of: stored.withUnsafeBytes { XXH64.hash($0) })
    }

    mutating func finish() throws(BackupError) {
        try write(blockHead(contentCount: 0, [], []))
        try file.write(Array(digest.finalize()))
    }

    private mutating func write(_ bytes: [UInt8]) throws(BackupError) {
        digest.update(data: bytes)
        try file.write(bytes)
    }
}
