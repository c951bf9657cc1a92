package import HTTPTypes
import NIOCore

/// The proxies that are believed when they say whom they speak for.
public struct TrustedProxies: Sendable, Hashable {
    private let ranges: [AddressRange]

    public init(_ ranges: [AddressRange] = []) {
        self.ranges = ranges
    }

    /// Where a request comes from, as attempts are counted: an IPv4 address, or the half of an IPv6 address that one
    /// customer has to itself.
    ///
    /// Of `X-Forwarded-For` the last address counts that is no trusted proxy's: what stands before it anyone could write.
    package func client(_ headers: HTTPFields, peer: String?) -> String {
        guard let peer, var address = AddressRange.bytes(peer) else { return Self.unknown }
        if isTrusted(address), let name = HTTPField.Name("X-Forwarded-For") {
            let hops = headers[values: name].flatMap { $0.split(separator: ",") }
            for hop in hops.reversed() {
                guard let next = AddressRange.bytes(String(hop.filter { !$0.isWhitespace })) else { break }
                address = next
                guard isTrusted(next) else { break }
            }
        }
        return Self.text(address)
    }

    /// Of a peer that has no address, such as one on a Unix socket.
    private static let unknown = "unknown"

    private func isTrusted(_ address: [UInt8]) -> Bool { ranges.contains { $0.contains(address) } }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}
