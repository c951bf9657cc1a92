package import Knowledge

/// The Redis keys of one store and encoder.
///
/// | key | type | holds |
/// |---|---|---|
/// | `<prefix>:<tenant>:a:<fingerprint>` | string | the envelope, gone at the answer's expiry |
/// | `<prefix>:recency` | sorted set | `<tenant>:a:<fingerprint>` by last use, µs of Redis' clock |
/// | `<prefix>:recency:<tenant>` | sorted set | of `recency`, one tenant's; only where tenants have shares |
/// | `<prefix>:expiry` | sorted set | the same members by expiry, ms since 1970 |
///
/// | `<store prefix>:limit:<tenant>:<caller>` | hash | a caller's token bucket, gone when it is full |
///
/// The prefix is `thermocline:<codec version>:{<store>}:<encoder>`. The braces are a hash tag: all keys of a
/// store lie in one slot, so one script may touch them all.
package struct WarmKeyspace: Sendable, Hashable {
    /// Ends with a colon; a sorted-set member appended to it is the answer's key.
    package let prefix: String
    package let recency: String
    package let expiry: String
    /// Without the encoder, which buckets have nothing to do with. Ends with a colon.
    private let storePrefix: String

    package init(storeID: String, encoder: String) {
        storePrefix = "thermocline:\(AnswerEnvelope.codecVersion):{\(Self.quoted(storeID))}:"
        prefix = storePrefix + "\(encoder.isEmpty ? "-" : Self.quoted(encoder)):"
        recency = prefix + "recency"
        expiry = prefix + "expiry"
    }

    /// One tenant's answers by last use, where tenants have shares.
    package func recency(of tenant: Tenant) -> String { recency + ":" + tenant.name }

    package func member(_ fingerprint: Fingerprint, tenant: Tenant) -> String {
        "\(tenant.name):a:\(fingerprint)"
    }

    package func key(_ fingerprint: Fingerprint, tenant: Tenant) -> String {
        prefix + member(fingerprint, tenant: tenant)
    }

    package func bucket(of caller: String, tenant: Tenant) -> String {
        "\(storePrefix)limit:\(tenant.name):\(Self.quoted(caller))"
    }

    /// Glob that fits the answers of one tenant, or of all, and never a sorted set.
    package func answers(of tenant: Tenant?) -> String {
        "\(prefix)\(tenant?.name ?? "*"):a:*"
    }

    /// Reads a member back; `nil` for what this server would not have written.
    package func parse(member: String) -> (tenant: Tenant, fingerprint: Fingerprint)? {
        let parts = member.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "a", let tenant = Tenant(String(parts[0])),
            let fingerprint = Fingerprint(parts[2])
        else { return nil }
        return (tenant, fingerprint)
    }

    /// Letters, digits, `.`, `_` and `-` as they are, the rest as %XX: nothing in a prefix can act as a
    /// separator, a hash tag or a glob.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || (0x30...0x39).contains(byte) || "._-".utf8.contains(byte)
            {
                quoted.unicodeScalars.append(scalar)
            } else {
                quoted += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return quoted
    }
}
