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
            throw Self.defect(error, in: bytes)
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

    private static func defect(_ error: DecodingError, in bytes: [UInt8]) -> RecordDefect {
        switch error {
        case .dataCorrupted: return .notJSON(syntaxFault(in: bytes))
        case .typeMismatch(_, let context):
            guard let field = context.codingPath.first?.stringValue else { return .notAnObject }
            return .wrongType(field: field, expected: field == "tags" ? "a list of strings" : "a string")
        default: return .notAnObject
        }
    }

    /// The decoder does not say where the fault is; the other parser does.
    private static func syntaxFault(in bytes: [UInt8]) -> String {
        do {
            _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            return "unreadable"
        } catch {
            let detail = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "unreadable"
            return detail.prefix(1).lowercased() + detail.dropFirst().trimmingSuffix(".")
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}
