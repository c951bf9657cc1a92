/// How the items of a source are written down.
public enum SourceFormat: String, Sendable, CaseIterable {
    /// One JSON object a line.
    case ndjson
    /// One JSON array of objects.
    case json
    /// A header row, then one item a row (RFC 4180); comma, semicolon or tab, as the header shows.
    case csv

    /// The format that a file name's extension stands for; `nil` when only the content can tell.
    ///
    /// `.json` is one of those: it holds an array as often as lines.
    public init?(fileName: String) {
        switch fileName.split(separator: ".").last?.lowercased() {
        case "ndjson", "jsonl": self = .ndjson
        case "csv", "tsv": self = .csv
        default: return nil
        }
    }

    /// The format that content begins with, by its first byte that is not white space.
    init(firstByte: UInt8?) {
        switch firstByte {
        case UInt8(ascii: "["): self = .json
        case UInt8(ascii: "{"), nil: self = .ndjson
        default: self = .csv
        }
    }
}
