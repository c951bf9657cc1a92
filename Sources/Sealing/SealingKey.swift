public import Crypto
import Foundation

/// A 256-bit key of the operator's, from which the keys that seal are derived; it seals nothing itself.
///
/// Never printed: descriptions and reflections show its `id` alone.
public struct SealingKey: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// Which key something was sealed by: 64 bits derived from the key, from which nothing of it can be learned.
    public struct ID: Sendable, Hashable, CustomStringConvertible {
        public let rawValue: UInt64

        public init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        /// 16 hexadecimal digits.
        public var description: String {
            let digits = String(rawValue, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    public static let byteCount = 32

    private let bytes: [UInt8]
    public let id: ID

    /// `nil` unless there are exactly `byteCount` bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
        let derived = Self.derive(from: bytes, "thermocline key id", byteCount: 8)
        id = ID(rawValue: derived.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).bigEndian })
    }

    /// From 64 hexadecimal digits, or from base64 (either alphabet, padded or not) of 32 bytes; `nil` for any other text.
    public init?(text: String) {
        guard let bytes = Self.hexadecimal(text) ?? Self.base64(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// The key of one purpose: HKDF-SHA256 (RFC 5869).
    public func derived(for purpose: String) -> SymmetricKey {
        Self.derive(from: bytes, "thermocline " + purpose, byteCount: Self.byteCount)
    }

    public var description: String { "key \(id)" }
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    private static func derive(from bytes: [UInt8], _ info: String, byteCount: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array(info.utf8), outputByteCount: byteCount)
    }

    private static func hexadecimal(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count == byteCount * 2 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func base64(_ text: String) -> [UInt8]? {
        var text = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while text.hasSuffix("=") { text.removeLast() }
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        return Data(base64Encoded: text).map { Array($0) }
    }
}
