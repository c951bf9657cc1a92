/// A position in a store's log of changes: how many changes had been committed at some moment.
///
/// Monotonic and gap-free within one store (the log's `seq`). Zero is the empty store.
public struct ChangeNumber: Sendable, Hashable, Comparable, Codable {
    public let rawValue: Int64

    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    public static func < (a: ChangeNumber, b: ChangeNumber) -> Bool { a.rawValue < b.rawValue }
}
