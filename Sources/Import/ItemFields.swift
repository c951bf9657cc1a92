import Foundation
import Knowledge

/// The fields of an item as a source gives them, before any rule is applied.
struct ItemFields: Decodable {
    var issue: String?
    /// Stands in for a missing issue.
    var description: String?
    var resolution: String?
    var category: String?
    var tags: [String]?

    init() {}

    /// Reads one JSON object; fields of other names are passed over.
    init(json bytes: [UInt8]) throws(RecordDefect) {
        do {
            self = try JSONDecoder().decode(ItemFields.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw Self.defect(error)
        } catch {
            throw .notJSON("unreadable")
        }
    }

    func content() throws(RecordDefect) -> ItemContent {
        guard let issue = issue ?? description else { throw .missing(field: "issue") }
        guard let resolution else { throw .missing(field: "resolution") }
        do {
            return try ItemContent(issue: issue, resolution: resolution, category: category, tags: tags ?? [])
        } catch {
            throw .content(error)
        }
    }

    private static func defect(_ error: DecodingError) -> RecordDefect {
        guard case .typeMismatch(_, let context) = error else {
            guard case .dataCorrupted(let context) = error else { return .notJSON("unreadable") }
            let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            return .notJSON(detail ?? context.debugDescription)
        }
        guard let field = context.codingPath.first?.stringValue else { return .notAnObject }
        return .wrongType(field: field, expected: field == "tags" ? "a list of strings" : "a string")
    }
}
