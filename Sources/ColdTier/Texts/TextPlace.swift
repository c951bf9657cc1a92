import Sealing

/// Where a text is: what its seal is bound to.
///
/// A version's text has one place, in `item` while it is the current one and in `item_history` after that, so that it moves
/// there as it is.
struct TextPlace {
    enum Field: String {
        case issue, resolution
    }

    let tenant: String
    let item: Int64
    let version: Int
    let field: Field

    func context(store: String) -> SealContext {
        SealContext(store, tenant, "item", String(item), String(version), field.rawValue)
    }
}
