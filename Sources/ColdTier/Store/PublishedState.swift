import Knowledge

/// What searches see beside the file: for each tenant its vector index, all at one change number.
///
/// Changed on the writer's queue only, right after a commit, under the lock that readers take too.
struct PublishedState {
    struct TenantView {
        var items = 0
        var epoch = 0
        /// `nil` when there is no encoder, or no vector yet.
        fileprivate(set) var index: IndexSnapshot?
    }

    var encoder: EncoderIdentity?
    var changeNumber: Int64 = 0
    var tenants: [String: TenantView] = [:]
    var damagedVectors = 0
    /// Bytes of originals of all tenants' blocks that no segment has yet.
    private(set) var pinnedByteCount = 0

    mutating func show(_ index: IndexSnapshot?, of tenant: String) {
        pinnedByteCount += (index?.pinnedByteCount ?? 0) - (tenants[tenant]?.index?.pinnedByteCount ?? 0)
        tenants[tenant, default: .init()].index = index
    }
}
