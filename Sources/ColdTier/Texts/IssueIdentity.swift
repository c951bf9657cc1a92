import Crypto
import Foundation

/// Which issue an item has, without telling it: the first 128 bits of HMAC-SHA256 over tenant and issue under a secret of
/// the store's.
///
/// Items are found by it (semantics: an item is its tenant and its issue); the text itself may be compressed or sealed
/// differently each time.
struct IssueIdentity: Sendable {
    static let byteCount = 16
    private let primed: HMAC<SHA256>

    init(secret: IndexSecret) {
        primed = HMAC(key: secret.derived(for: "issue"))
    }

    func key(_ issue: String, tenant: String) -> Data {
        var hash = primed
        hash.update(data: Array(tenant.utf8))
        hash.update(data: [0])
        hash.update(data: Array(issue.utf8))
        return Data(hash.finalize().prefix(Self.byteCount))
    }
}
