/// What a sealed value is and where it belongs: authenticated with it, stored nowhere.
///
/// A value opens only in the context in which it was sealed, so one that was moved to another row, tenant or store does not.
/// Parts are kept apart by their lengths: no two different lists of parts are the same context.
public struct SealContext: Sendable, Hashable {
    let bytes: [UInt8]

    /// From texts such as store, tenant, id and field, in a fixed order.
    public init(_ parts: String...) {
        var bytes: [UInt8] = []
        for part in parts {
            let utf8 = part.utf8
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: utf8)
        }
        self.bytes = bytes
    }
}
