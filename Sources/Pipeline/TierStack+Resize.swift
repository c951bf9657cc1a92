import HotTier

extension TierStack {
    /// Changes the bounds of hot while questions are answered; what has to go there is handed down to warm.
    ///
    /// - Returns: why it is not done; `nil` when it is.
    public func resizeHot(capacity: Int, maximumBytes: Int) -> String? {
        switch hot.resize(capacity: capacity, maximumBytes: maximumBytes) {
        case .resized(let evicted):
            let admit = Admit(tiers: self, invalidate: Invalidate(cold: cold))
            for answer in evicted { admit.demote(answer) }
            return nil
        case .refused(let reason): return reason
        }
    }
}
