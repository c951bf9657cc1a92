import ColdTier
import Crypto
import Foundation
import Knowledge
import Sealing

/// Reads a backup from its beginning to its end and checks every byte of it. See `BackupFormat`.
///
/// For one thread at a time; holds a few blocks, whatever a damaged file says of its lengths.
struct BackupReader {
    let header: BackupHeader
    private let name: String
    private let file: SourceFile
    private let seal: Sealer?
    private let headerDigest: String
    private var digest = SHA256()
    private var blockNumber: UInt64 = 0

    /// Reads the head.
    ///
    /// - Parameter seal: opens sealed blocks; without it a sealed backup can only be looked at.
    init(path: String, seal: Sealer?) throws(BackupError) {
        file = try SourceFile(path: path)
        let name = URL(filePath: path).lastPathComponent
        self.name = name
        self.seal = seal
        let head = try file.read(BackupFormat.headByteCount)
        guard head.count == BackupFormat.headByteCount, head.starts(with: BackupFormat.magic) else {
            throw .notABackup(name: name)
        }
        let format: UInt32 = BackupFormat.number(head[8..<12])
        guard format == BackupFormat.version else {
            throw .newerFormat(name: name, found: Int(format), known: BackupFormat.version)
        }
        let count: UInt32 = BackupFormat.number(head[12..<16])
        let checksum: UInt64 = BackupFormat.number(head[16..<24])
        guard count <= BackupFormat.maximumHeaderByteCount else {
            throw .damaged(name: name, detail: "its header")
        }
        let text = try file.read(Int(count))
        guard text.count == Int(count), text.withUnsafeBytes({ XXH64.hash($0) }) == checksum,
            let header = try? JSONDecoder().decode(BackupHeader.self, from: Data(text))
        else { throw .damaged(name: name, detail: "its header") }
        self.header = header
        headerDigest = BackupFormat.digest(text)
        digest.update(data: head)
        digest.update(data: text)
    }

    /// Hands over the content of every file in turn, and checks the end behind the last.
    ///
    /// - Parameter take: gets the number of a file and the next of its bytes; may throw to break off.
    mutating func read(_ take: (_ file: Int, _ content: [UInt8]) throws(BackupError) -> Void) throws(BackupError) {
        if let keyID = header.keyID, seal == nil { throw .keyMissing(name: name, keyID: keyID) }
        for (number, entry) in header.files.enumerated() {
            var rest = entry.byteCount
            while rest > 0 {
                guard let content = try nextBlock(), content.count <= rest else { throw damaged() }
                rest -= content.count
                try take(number, content)
            }
        }
        guard try nextBlock() == nil else { throw damaged() }
        let found = try file.read(BackupFormat.digestByteCount)
        guard found == Array(digest.finalize()), try file.read(1).isEmpty else {
            throw .damaged(name: name, detail: "its closing hash")
        }
    }

    /// `nil` for the block that ends them.
    private mutating func nextBlock() throws(BackupError) -> [UInt8]? {
        let head = try file.read(BackupFormat.blockHeadByteCount)
        guard head.count == BackupFormat.blockHeadByteCount else { throw damaged() }
        let contentCount = Int(BackupFormat.number(head[0..<4]) as UInt32)
        let storedCount = Int(BackupFormat.number(head[4..<8]) as UInt32)
        let flags = BackupFormat.Flags(rawValue: BackupFormat.number(head[8..<12]))
        let checksum: UInt64 = BackupFormat.number(head[12..<20])
        guard contentCount <= BackupFormat.blockByteCount, storedCount <= BackupFormat.maximumStoredByteCount,
            flags.isSubset(of: .known), (contentCount == 0) == (storedCount == 0)
        else { throw damaged() }
        let stored = try file.read(storedCount)
        guard stored.count == storedCount, stored.withUnsafeBytes({ XXH64.hash($0) }) == checksum else {
            throw damaged()
        }
        digest.update(data: head)
        digest.update(data: stored)
        guard contentCount > 0 else { return nil }
        let content = try content(of: stored, flags, count: contentCount)
        blockNumber += 1
        return content
    }

    private func content(
        of stored: [UInt8], _ flags: BackupFormat.Flags, count: Int
    ) throws(BackupError) -> [UInt8] {
        var content = stored
        guard flags.contains(.sealed) == (header.keyID != nil) else { throw damaged() }
        if flags.contains(.sealed), let seal {
            let context = BackupFormat.context(headerDigest: headerDigest, block: blockNumber)
            do {
                content = try seal.open(stored, as: context)
            } catch .unknownKey(let id) {
                throw .keyMissing(name: name, keyID: id.description)
            } catch {
                throw .damaged(name: name, detail: "block \(blockNumber + 1) was not sealed by this key for this place")
            }
        }
        if flags.contains(.compressed) {
            guard let plain = content.withUnsafeBytes({ BlockCompression.decompressed($0, byteCount: count) })
            else { throw damaged() }
            content = plain
        }
        guard content.count == count else { throw damaged() }
        return content
    }

    private func damaged() -> BackupError { .damaged(name: name, detail: "block \(blockNumber + 1)") }
}
