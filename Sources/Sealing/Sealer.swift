import Crypto
public import Foundation

/// Seals bytes, and opens them again: AES-256-GCM (NIST SP 800-38D) under a key derived for one purpose.
///
/// | offset | bytes | field |
/// |---:|---:|---|
/// | 0 | 1 | version, 1 |
/// | 1 | 8 | key id, big-endian |
/// | 9 | 12 | nonce, random |
/// | 21 | n | ciphertext |
/// | 21+n | 16 | tag, over the ciphertext and, as additional data, the first 9 bytes and the context |
///
/// Nonces are random, so after 2³² sealings by one key for one purpose the chance that two are alike reaches 2⁻³², the
/// bound of SP 800-38D (8.3): change the key before. At 100 sealings a second that is after 16 months.
///
/// Pure; any thread.
public struct Sealer: Sendable {
    /// Bytes that a sealed value is longer than what it holds.
    public static let overhead = 37
    private static let version: UInt8 = 1
    private static let headerByteCount = 9

    private let header: [UInt8]
    private let current: SymmetricKey
    private let known: [SealingKey.ID: SymmetricKey]
    /// Of the key that seals.
    public let keyID: SealingKey.ID

    /// - Parameter purpose: what is sealed by it, such as `texts` or `backup`: each has a derived key of its own.
    public init(_ ring: KeyRing, purpose: String) {
        keyID = ring.current.id
        current = ring.current.derived(for: purpose)
        known = Dictionary(ring.keys.map { ($0.id, $0.derived(for: purpose)) }) { first, _ in first }
        header = [Self.version] + withUnsafeBytes(of: ring.current.id.rawValue.bigEndian) { Array($0) }
    }

    public func seal(_ plain: some DataProtocol, as context: SealContext) throws(SealError) -> [UInt8] {
        let box: AES.GCM.SealedBox
        do {
            box = try AES.GCM.seal(plain, using: current, authenticating: header + context.bytes)
        } catch {
            throw .tooLong
        }
        var sealed: [UInt8] = []
        sealed.reserveCapacity(plain.count + Self.overhead)
        sealed += header
        sealed += Array(box.nonce)
        sealed += box.ciphertext
        sealed += box.tag
        return sealed
    }

    public func open(_ sealed: some DataProtocol, as context: SealContext) throws(SealError) -> [UInt8] {
        guard let id = Self.keyID(of: sealed) else { throw .notSealed }
        guard let key = known[id] else { throw .unknownKey(id) }
        let header = Array(sealed.prefix(Self.headerByteCount))
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed.dropFirst(Self.headerByteCount)))
            return Array(try AES.GCM.open(box, using: key, authenticating: header + context.bytes))
        } catch {
            throw .broken
        }
    }

    /// By which key a value is sealed; `nil` when it does not look sealed.
    public static func keyID(of sealed: some DataProtocol) -> SealingKey.ID? {
        guard sealed.count >= overhead, sealed.first == version else { return nil }
        let value = sealed.dropFirst().prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return SealingKey.ID(rawValue: value)
    }
}
