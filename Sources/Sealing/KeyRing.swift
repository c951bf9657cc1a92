/// The operator's keys: the one that seals from now on, and older ones that still open what they have sealed.
public struct KeyRing: Sendable, Hashable {
    public let current: SealingKey
    public let old: [SealingKey]

    /// - Parameter old: in any order; the current one among them counts once.
    public init(current: SealingKey, old: [SealingKey] = []) {
        self.current = current
        var seen: Set<SealingKey> = [current]
        self.old = old.filter { seen.insert($0).inserted }
    }

    public var keys: [SealingKey] { [current] + old }

    public func contains(_ id: SealingKey.ID) -> Bool { keys.contains { $0.id == id } }

    /// Keys separated by commas or white space, in the forms of `SealingKey`; `nil` when a part is none.
    ///
    /// Lines that begin with `#` are left out, so that a file of keys can say when each was made.
    public static func parse(_ text: String) -> [SealingKey]? {
        var keys: [SealingKey] = []
        for line in text.split(whereSeparator: \.isNewline) where !line.drop(while: \.isWhitespace).hasPrefix("#") {
            for part in line.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
                guard let key = SealingKey(text: String(part)) else { return nil }
                keys.append(key)
            }
        }
        return keys
    }
}
