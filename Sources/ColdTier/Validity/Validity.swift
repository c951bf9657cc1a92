public import Knowledge

/// Whether an answer computed some changes ago is what a search would find now.
public enum Validity: Sendable, Hashable {
    /// It is, through this change.
    case valid(through: ChangeNumber)
    /// A change could have altered it.
    case altered
    /// It is older than the changes that are remembered, or not of this store's past.
    case unknown
}
