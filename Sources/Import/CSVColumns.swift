import SwiftCSV

/// Which column of a CSV source holds which field.
struct CSVColumns {
    /// A tag cannot hold it in CSV; in JSON it can.
    static let tagSeparator: Character = ";"

    private let delimiter: CSVDelimiter
    private let count: Int
    private var positions: [String: Int] = [:]

    /// Reads the header row. Names are compared without case and outer white space.
    init(header: String, source: String) throws(ImportFailure) {
        delimiter = CSVDelimiter.guessed(string: header)
        let names: [String]
        do {
            names = try Self.cells(of: header, delimiter: delimiter)
        } catch {
            throw .badHeader(name: source, reason: "the header is \(error)")
        }
        count = names.count
        for (position, name) in names.enumerated().reversed() { positions[name.trimmed.lowercased()] = position }
        guard positions["resolution"] != nil, positions["issue"] != nil || positions["description"] != nil else {
            let seen = names.map(\.trimmed).joined(separator: ", ")
            throw .badHeader(
                name: source, reason: "the first row must name the columns issue and resolution; it names \(seen)")
        }
    }

    /// The package guesses among ASCII characters only.
    var delimiterByte: UInt8 { delimiter.rawValue.asciiValue ?? UInt8(ascii: ",") }

    /// An empty cell is a field that is not there.
    func fields(of row: String) throws(RecordDefect) -> ItemFields {
        let cells = try Self.cells(of: row, delimiter: delimiter)
        guard cells.count <= count else { throw .badRow("\(cells.count) fields, but the header has \(count)") }
        func cell(_ name: String) -> String? {
            guard let position = positions[name], position < cells.count, !cells[position].isEmpty else { return nil }
            return cells[position]
        }
        var fields = ItemFields()
        fields.issue = cell("issue")
        fields.description = cell("description")
        fields.resolution = cell("resolution")
        fields.category = cell("category")
        fields.tags = cell("tags")?.split(separator: Self.tagSeparator).map { String($0).trimmed }
            .filter { !$0.isEmpty }
        return fields
    }

    /// One row by the package's parser, which takes whole texts only: the row is the text, and its own header.
    private static func cells(of row: String, delimiter: CSVDelimiter) throws(RecordDefect) -> [String] {
        do {
            let table = try EnumeratedCSV(string: row, delimiter: delimiter, loadColumns: false)
            guard table.rows.isEmpty else { throw RecordDefect.badRow("a line break outside of quotes") }
            return table.header
        } catch let defect as RecordDefect {
            throw defect
        } catch {
            throw .badRow("text beside a quoted field, or a quote within an open one")
        }
    }
}

extension String {
    var trimmed: String { String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
}
