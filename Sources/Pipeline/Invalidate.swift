import ColdTier
import Knowledge

/// The rule by which a kept answer may still be served: no change since could have altered it.
///
/// One function for hits in every tier, for admission, promotion and demotion, so that they cannot disagree.
struct Invalidate: Sendable {
    let cold: ColdTier

    /// Whether the answer is right at `now`; if so, it is known to be from here on.
    ///
    /// One comparison when nothing was written since it was last looked at, else see `ColdTier.validity`.
    ///
    /// - Parameter now: the store's change number, read no earlier than the question arrived.
    func stands(_ answer: Answer, at now: ChangeNumber) -> Bool {
        let validThrough = answer.validThrough
        if validThrough == now { return true }
        guard let footprint = answer.footprint else { return false }
        switch cold.validity(of: footprint, tenant: answer.tenant, since: validThrough) {
        case .valid(let through):
            answer.extendValidity(through: through)
            return true
        case .altered, .unknown: return false
        }
    }
}
