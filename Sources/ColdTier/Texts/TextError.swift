import Sealing

/// Why a stored text is not handed out.
enum TextError: Error, Hashable, CustomStringConvertible {
    case damaged
    /// The dictionary that it needs is damaged or not there.
    case dictionaryMissing(Int64)
    /// A plain text in a sealed store.
    case notSealed
    case seal(SealError)

    var description: String {
        switch self {
        case .damaged: "it is damaged"
        case .dictionaryMissing(let id): "dictionary \(id), which it needs, is damaged or missing"
        case .notSealed: "it is not sealed, though the store is: somebody else has written it"
        case .seal(let error): "\(error)"
        }
    }
}
