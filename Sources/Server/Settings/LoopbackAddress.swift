/// Tells the names and addresses of this very machine from all others.
enum LoopbackAddress {
    /// Whether `host` (a name, an IPv4 or an IPv6 address, the latter with or without brackets) is loopback.
    static func matches(_ host: some StringProtocol) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "localhost." || host.hasSuffix(".localhost") { return true }
        if host == "::1" || host == "[::1]" { return true }
        return isLoopbackIPv4(host)
    }

    /// `127.0.0.0/8` in four plain decimal parts: a name such as `127.evil.example` is not one.
    private static func isLoopbackIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.first == "127" else { return false }
        return parts.allSatisfy { part in
            part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } && UInt8(part) != nil
        }
    }
}
