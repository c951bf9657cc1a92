public import Knowledge

/// What is wrong with one record of a source.
public enum RecordDefect: Error, Sendable, Hashable, CustomStringConvertible {
    case tooLong(maximumBytes: Int)
    case notUTF8
    case notJSON(String)
    case notAnObject
    case missing(field: String)
    case wrongType(field: String, expected: String)
    case content(ContentViolation)
    case badRow(String)
    /// The source ends inside a quoted field.
    case unclosedQuote
    /// The source ends inside the array or one of its elements.
    case unclosedArray
    /// Something stands behind the array.
    case afterArray
    /// The receiver of the item refused it.
    case refused(String)

    public var description: String {
        switch self {
        case .tooLong(let maximum): "longer than \(maximum) bytes"
        case .notUTF8: "not UTF-8 text"
        case .notJSON(let detail): "not JSON: \(detail)"
        case .notAnObject: "not a JSON object"
        case .missing(let field): "\(field) is missing"
        case .wrongType(let field, let expected): "\(field) must be \(expected)"
        case .content(let violation): violation.description
        case .badRow(let detail): "not a CSV row: \(detail)"
        case .unclosedQuote: "a quote is opened here and never closed"
        case .unclosedArray: "the file ends before the array does"
        case .afterArray: "the array is over, but more follows"
        case .refused(let reason): reason
        }
    }
}
