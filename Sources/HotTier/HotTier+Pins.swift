public import Knowledge
import Synchronization

/// Pins: questions whose answers are not evicted.
///
/// A pin is a fingerprint and survives its answer's expiration, invalidation and removal, and a flush. Pins are at most
/// half of the capacity, and their answers at most half of the bytes: one that does not fit there is kept like any other.
extension HotTier {
    /// Pins a question, whether its answer is here or not; doing it again changes nothing.
    public func pin(_ fingerprint: Fingerprint, tenant: Tenant) -> HotPinning {
        let pin = HotPin(tenant: tenant, fingerprint: fingerprint)
        let shard = shard(of: fingerprint)
        return shard.table.withLock { table in
            let found = table.peek(fingerprint).flatMap { $0.entry.answer.tenant == tenant ? $0 : nil }
            guard !table.pins.contains(pin) else { return .pinned(holdsAnswer: found?.lane == .pinned) }
            guard pinBudget.takePin(tenant) else { return .refused(pinRefusal(tenant)) }
            table.pins.insert(pin)
            guard let (entry, lane) = found, pinBudget.takeBytes(entry.answer.byteCount, tenant) else {
                return .pinned(holdsAnswer: false)
            }
            move(entry, from: lane, to: .pinned, in: &table)
            shard.publishOldest(of: table)
            return .pinned(holdsAnswer: true)
        }
    }

    /// Takes a pin back; an answer that it held is from now on kept as one that has just come.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func unpin(_ fingerprint: Fingerprint, tenant: Tenant) -> Bool {
        let shard = shard(of: fingerprint)
        return shard.table.withLock { table in
            guard table.pins.remove(HotPin(tenant: tenant, fingerprint: fingerprint)) != nil else { return false }
            pinBudget.returnPin(tenant)
            if let (entry, lane) = table.peek(fingerprint), lane == .pinned, entry.answer.tenant == tenant {
                move(entry, from: lane, to: rules.laneForNewcomer(fingerprint, occupancy), in: &table)
                shard.publishOldest(of: table)
            }
            return true
        }
    }

    public func isPinned(_ fingerprint: Fingerprint, tenant: Tenant) -> Bool {
        guard pinBudget.count > 0 else { return false }
        return shard(of: fingerprint).table.withLock {
            $0.pins.contains(HotPin(tenant: tenant, fingerprint: fingerprint))
        }
    }

    /// The pins of one tenant, or of all; in no order.
    public func pins(tenant: Tenant? = nil) -> [HotPin] {
        guard pinBudget.count > 0 else { return [] }
        return shards.flatMap { $0.table.withLock { $0.pins.filter { tenant == nil || $0.tenant == tenant } } }
    }

    /// Pins of all tenants.
    public var pinCount: Int { pinBudget.count }
    /// Pins of all tenants at most.
    public var maximumPins: Int { pinBudget.limit.count }

    /// Bytes that an answer of this tenant may have beside what pins hold, of the whole and of its share.
    func roomBesidePinned(for tenant: Tenant) -> Int {
        let share = shares.limit.byteCount
        guard pinBudget.count > 0 else { return share }
        return min(maximumBytes - pinBudget.byteCount, share - pinBudget.byteCount(of: tenant))
    }

    private func pinRefusal(_ tenant: Tenant) -> String {
        pinBudget.count(of: tenant) >= pinBudget.tenantLimit.count
            ? "this tenant has \(pinBudget.tenantLimit.count) pins, half of the answers that it may keep in hot"
            : "there are \(pinBudget.limit.count) pins, half of the capacity of the hot tier (HOT_CACHE_SIZE)"
    }
}
