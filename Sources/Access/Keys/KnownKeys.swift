import Crypto
public import Knowledge
import Synchronization

/// Every good key by its id, in memory: letting a request in reads no disk.
///
/// Any thread. What is revoked is gone from here before its revocation is acknowledged.
public final class KnownKeys: Sendable {
    private struct Entry: Sendable {
        let digest: [UInt8]
        let caller: Caller
    }

    /// Compared with when there is no such key, so that the time tells nobody which ids exist.
    private static let nobodysDigest = [UInt8](repeating: 0, count: SHA256Digest.byteCount)

    private let entries: Mutex<[String: Entry]>

    init(_ keys: [(record: KeyRecord, digest: [UInt8])]) {
        entries = Mutex(
            Dictionary(keys.map { ($0.record.id, Entry(digest: $0.digest, caller: $0.record.caller)) }) { $1 })
    }

    /// Who has this key; `nil` for what is no key, one unknown and one revoked alike.
    public func caller(for text: String) -> Caller? {
        guard let key = AccessKey(text) else { return nil }
        let entry = entries.withLock { $0[key.id] }
        // In constant time, as swift-crypto compares digests.
        let isSame = key.digest == (entry?.digest ?? Self.nobodysDigest)
        return isSame ? entry?.caller : nil
    }

    public var count: Int { entries.withLock { $0.count } }

    func add(_ record: KeyRecord, digest: [UInt8]) {
        entries.withLock { $0[record.id] = Entry(digest: digest, caller: record.caller) }
    }

    func remove(_ id: String) {
        entries.withLock { _ = $0.removeValue(forKey: id) }
    }
}
