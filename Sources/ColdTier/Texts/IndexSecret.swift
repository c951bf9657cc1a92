import Crypto
import Foundation

/// 32 random bytes of the store's, under which issues and words are hashed; sealed by the operator's key where there is one.
struct IndexSecret: Sendable, Equatable {
    static let byteCount = 32
    let bytes: [UInt8]

    /// `nil` when there are not exactly so many.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    private init(random bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func random() -> IndexSecret { IndexSecret(random: randomBytes()) }

    static func randomBytes() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    func derived(for purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array("thermocline \(purpose)".utf8), outputByteCount: 32
        )
    }
}
