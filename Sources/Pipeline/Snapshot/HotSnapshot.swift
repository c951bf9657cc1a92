package import HotTier
package import Knowledge
package import Routing

/// What outlives a restart although it lies in memory: hot's answers and pins, and what the router remembers.
package struct HotSnapshot: Sendable {
    /// Which state of which store it belongs to.
    package struct Origin: Sendable, Hashable {
        /// The store's UUID.
        package let storeID: String
        /// Fingerprint of the encoder, empty when there was none.
        package let encoder: String
        package let changeNumber: ChangeNumber
        package let savedAt: Timestamp

        package init(storeID: String, encoder: String, changeNumber: ChangeNumber, savedAt: Timestamp) {
            self.storeID = storeID
            self.encoder = encoder
            self.changeNumber = changeNumber
            self.savedAt = savedAt
        }
    }

    package let origin: Origin
    package var pins: [HotPin]
    /// In the order in which hot is to take them in.
    package var answers: [Answer]
    /// The questions asked last, the one asked the longest ago first.
    package var ledger: [AccessLedger.Memory]

    package init(origin: Origin, pins: [HotPin] = [], answers: [Answer] = [], ledger: [AccessLedger.Memory] = []) {
        self.origin = origin
        self.pins = pins
        self.answers = answers
        self.ledger = ledger
    }
}

/// Why a snapshot was not written or not read.
package enum SnapshotError: Error, Sendable, Hashable, CustomStringConvertible {
    case damaged
    /// Another version of the program wrote it.
    case otherVersion
    /// The store is sealed, and the snapshot is not.
    case notSealed
    /// It is sealed by a key that is not given, or was altered.
    case doesNotOpen
    case unusable(path: String, reason: String)

    package var description: String {
        switch self {
        case .damaged: "it is damaged or cut short"
        case .otherVersion: "another version wrote it"
        case .notSealed: "it was written before the store was sealed"
        case .doesNotOpen: "it does not open by the keys that are given"
        case .unusable(let path, let reason): "\(path): \(reason)"
        }
    }
}
