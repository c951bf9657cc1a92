import Foundation
import GRDB

/// Text as the store keeps it: SQLite's text ends at the first NUL, so the rare text that has one is kept as a blob.
enum StoredText {
    static func value(_ text: String) -> DatabaseValue {
        text.utf8.contains(0) ? Data(text.utf8).databaseValue : text.databaseValue
    }

    static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .string(let text): text
        case .blob(let data): String(decoding: data, as: UTF8.self)
        default: ""
        }
    }

    /// Tags in one column: white space is folded in them, so none has a line feed.
    static func joined(_ tags: [String]) -> DatabaseValue { value(tags.joined(separator: "\n")) }

    static func tags(_ value: DatabaseValue) -> [String] {
        text(value).split(separator: "\n").map(String.init)
    }
}
