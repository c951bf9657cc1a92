import Sealing

/// What a store's texts, issues and words are sealed and hashed by at the moment.
struct StoreKeys: Sendable {
    /// What seals are bound to: see `SealingRecord`.
    let store: String
    /// `nil` while the store is not sealed.
    let sealer: Sealer?
    /// Texts that are not sealed are read: in a store that is not, or is being sealed. Elsewhere one would be a forgery.
    let readsPlain: Bool
    /// The first is what items get from now on; the other, what items have that sealing has not reached yet.
    let identities: [IssueIdentity]
    let words: WordForms
}
