/// Whether one question's answer may stand for another's.
public enum GuardVerdict: Sendable, Hashable {
    case accepted
    /// The first rule that failed.
    case rejected(GuardRule)
}
