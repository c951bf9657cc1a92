import Crypto
import Foundation
import Knowledge

extension EncoderIdentity {
    /// 16 hexadecimal digits of a SHA-256 over what decides a vector's numbers: parts, each with its length, and `form`.
    static func fingerprint(of parts: [Data], form: String) -> String {
        var hash = SHA256()
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: part)
        }
        hash.update(data: Data(form.utf8))
        return hash.finalize().prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
