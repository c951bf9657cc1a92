extension HotTier {
    /// What follows from the bounds of the tier for tenants and pins.
    struct Limits {
        /// Of one tenant, its pinned answers included.
        let tenant: TenantShares.Holding
        /// Of all tenants' pins together.
        let pins: PinBudget.Amount
        /// Of one tenant's pins.
        let tenantPins: PinBudget.Amount

        /// - Parameter tenantShare: of both bounds; `nil` for all. A tenant may always hold one answer.
        init(_ capacity: Int, _ maximumBytes: Int, tenantShare: Double?) {
            tenant = TenantShares.Holding(
                count: tenantShare.map { max(1, Int(Double(capacity) * $0)) } ?? capacity,
                byteCount: tenantShare.map { Int(Double(maximumBytes) * $0) } ?? maximumBytes)
            pins = .init(count: capacity / pinShareDivisor, byteCount: maximumBytes / pinShareDivisor)
            tenantPins = .init(count: tenant.count / pinShareDivisor, byteCount: tenant.byteCount / pinShareDivisor)
        }
    }
}
