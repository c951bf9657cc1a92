import Foundation

/// An item's content as it is stored, but for the seal: what of it can be worked out before its transaction.
struct CompactContent: Sendable {
    /// Envelopes, raw or compressed.
    let issue: [UInt8]
    let resolution: [UInt8]
    /// In the order of `StoreKeys.identities`; the first is stored.
    let issueKeys: [Data]
    /// The words as they are stored.
    let words: [String]
    /// Of `StoreTexts`, under which it was made: under another it is to be made again.
    let generation: Int
}
