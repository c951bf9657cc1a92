import Foundation

/// A range of IP addresses: one (`192.0.2.1`, `::1`) or all that begin alike (`10.0.0.0/8`, `fd00::/8`).
public struct AddressRange: Sendable, Hashable {
    /// IPv4 addresses are the IPv6 addresses that stand for them (`::ffff:192.0.2.1`), so that both compare.
    private let bytes: [UInt8]
    private let bits: Int

    /// `nil` for a text that is no such range.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = Self.bytes(String(parts[0])) else { return nil }
        let isIPv4 = !parts[0].contains(":")
        var bits = 128
        if parts.count == 2 {
            guard let given = Int(parts[1]), (0...(isIPv4 ? 32 : 128)).contains(given) else { return nil }
            bits = isIPv4 ? given + 96 : given
        }
        self.bytes = bytes
        self.bits = bits
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        let whole = bits / 8
        guard address[..<whole] == bytes[..<whole] else { return false }
        guard bits % 8 != 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (bits % 8))
        return address[whole] & mask == bytes[whole] & mask
    }

    /// The 16 bytes of an address; `nil` for what is none.
    static func bytes(_ text: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + withUnsafeBytes(of: v4) { Array($0) }
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        return withUnsafeBytes(of: v6) { Array($0) }
    }
}
