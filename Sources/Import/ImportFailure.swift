/// Why an import cannot begin or go on. Bad records are not among these: they are put aside.
public enum ImportFailure: Error, Sendable, Equatable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case cannotRead(name: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// The source begins with the mark of UTF-16.
    case notUTF8(name: String)
    /// The first row does not name the columns that an item needs.
    case badHeader(name: String, reason: String)
    /// The file of vectors is none, or not this source's.
    case badVectors(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .cannotRead(let name, let reason): "cannot read \(name): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .notUTF8(let name): "\(name) is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8"
        case .badHeader(let name, let reason): "\(name): \(reason)"
        case .badVectors(let path, let reason): "\(path): \(reason)"
        }
    }
}
