import Crypto
import Knowledge

/// Makes fingerprints: the first 128 bits of HMAC-SHA256 under the store's secret.
///
/// Keyed, so that nobody outside can choose two questions that collide, nor learn a question from the
/// fingerprint that stands in a Redis key or a log; the key is the store's, so that fingerprints survive a restart.
struct Fingerprinter: Sendable {
    private let secret: SymmetricKey

    init(secret: [UInt8]) {
        self.secret = SymmetricKey(data: secret)
    }

    func fingerprint(of key: QuestionKey) -> Fingerprint {
        fingerprint(of: key.bytes)
    }

    /// The fingerprint under which a question's vector is kept. Tenants do not share them: how long a question
    /// takes must not tell one what another has asked.
    func fingerprint(ofText folded: String, tenant: Tenant, encoder: String) -> Fingerprint {
        fingerprint(of: Array("\(tenant.name)\u{0}\(encoder)\u{0}\(folded)".utf8))
    }

    private func fingerprint(of bytes: [UInt8]) -> Fingerprint {
        HMAC<SHA256>.authenticationCode(for: bytes, using: secret).withUnsafeBytes { code in
            Fingerprint(
                high: code.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian,
                low: code.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian)
        }
    }
}
