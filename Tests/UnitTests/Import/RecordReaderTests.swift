import Foundation
import Import
import Knowledge
import Testing

@Suite("Readers of knowledge files") struct RecordReaderTests {
    /// Every text is read in chunks of several sizes, so that each boundary falls everywhere.
    static let chunkSizes = [1, 3, 7, 64 * 1024]

    private func read(_ bytes: [UInt8], _ format: SourceFormat?, chunk: Int) throws -> [SourceRecord] {
        var reader = try RecordReader(bytes: bytes, format: format, chunkByteCount: chunk)
        var records: [SourceRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    private func read(_ text: String, _ format: SourceFormat?, chunk: Int) throws -> [SourceRecord] {
        try read(Array(text.utf8), format, chunk: chunk)
    }

    private func issues(_ records: [SourceRecord]) -> [String] {
        records.map { record in
            switch record.outcome {
            case .item(let content): content.issue
            case .bad(let defect, _): "!\(record.line): \(defect)"
            }
        }
    }

    @Test(
        "NDJSON lines may end with CR LF, follow a byte-order mark, and stand between blank lines",
        arguments: chunkSizes)
    func lines(chunk: Int) throws {
        let text =
            "\u{FEFF}{\"issue\":\"a\",\"resolution\":\"r\"}\r\n\r\n   \n{\"issue\":\"b\",\"resolution\":\"r\"}\n"
            + "nonsense\n{\"issue\":\"c\",\"resolution\":\"r\"}"
        let records = try read(text, nil, chunk: chunk)
        #expect(records.map(\.line) == [1, 4, 5, 6])
        let found = issues(records)
        #expect(found.count == 4 && found[0] == "a" && found[1] == "b" && found[3] == "c")
        #expect(found[2].hasPrefix("!5: not JSON"))
    }

    @Test("A line over the limit is one bad record, and the next line is read") func longLine() throws {
        let long = #"{"issue":"a","resolution":""# + String(repeating: "x", count: 2_000_000) + "\"}\n"
        let records = try read(long + #"{"issue":"b","resolution":"r"}"#, .ndjson, chunk: 64 * 1024)
        #expect(issues(records) == ["!1: longer than 1048576 bytes", "b"])
        guard case .bad(_, let text) = try #require(records.first).outcome else { return }
        #expect(text.utf8.count == 200)
    }

    @Test("A record that is not UTF-8 is bad, and a UTF-16 file is refused whole") func encodings() throws {
        let bytes = Array(#"{"issue":"a"#.utf8) + [0xFF] + Array("\",\"resolution\":\"r\"}\n{}".utf8)
        #expect(issues(try read(bytes, .ndjson, chunk: 7)) == ["!1: not UTF-8 text", "!2: issue is missing"])
        #expect(throws: ImportFailure.notUTF8(name: "test")) { try read([0xFF, 0xFE, 0x7B, 0], nil, chunk: 7) }
    }

    @Test(
        "Reasons name the field and what it should be",
        arguments: [
            (#"[1]"#, "not a JSON object"),
            (#"{"resolution":"r"}"#, "issue is missing"),
            (#"{"issue":"a"}"#, "resolution is missing"),
            (#"{"issue":5,"resolution":"r"}"#, "issue must be a string"),
            (#"{"issue":"a","resolution":"r","tags":"x,y"}"#, "tags must be a list of strings"),
            (#"{"issue":"a","resolution":"r","tags":[1]}"#, "tags must be a list of strings"),
            (#"{"issue":" ","resolution":"r"}"#, "issue must not be blank"),
            (#"{"issue":null,"resolution":"r"}"#, "issue is missing"),
        ])
    func reasons(line: String, reason: String) throws {
        #expect(issues(try read(line, .ndjson, chunk: 64)) == ["!1: " + reason])
    }

    @Test("A description stands in for a missing issue, and unknown fields are passed over") func fields() throws {
        let text = #"{"description":"d","resolution":"r","category":"c","tags":["x, y","z"],"more":{"a":[1]}}"#
        guard case .item(let item) = try #require(try read(text, nil, chunk: 5).first).outcome else {
            Issue.record("not an item")
            return
        }
        #expect(item == (try ItemContent(issue: "d", resolution: "r", category: "c", tags: ["x, y", "z"])))
    }

    @Test(
        "A JSON array's elements are told apart whatever brackets, commas and quotes their strings hold",
        arguments: chunkSizes)
    func array(chunk: Int) throws {
        let text = """
            [
              {"issue": "brackets ]}[{ and , commas", "resolution": "r", "tags": ["a", "b"]},
              {"issue": "quote \\" and backslash \\\\", "resolution": "r", "extra": {"a": [[1, 2], []]}} ,
              17,
              {"issue": "last", "resolution": "r"}
            ]

            """
        let records = try read(text, nil, chunk: chunk)
        #expect(
            issues(records) == [
                "brackets ]}[{ and , commas", #"quote " and backslash \"#, "!4: not a JSON object", "last",
            ])
        #expect(records.map(\.line) == [2, 3, 4, 5])
    }

    @Test("An array that is cut off, or that more follows, says so and keeps what was whole", arguments: chunkSizes)
    func brokenArray(chunk: Int) throws {
        let item = #"{"issue":"a","resolution":"r"}"#
        #expect(issues(try read("[]", nil, chunk: chunk)) == [])
        #expect(
            issues(try read("[\(item)]\n\(item)", nil, chunk: chunk)) == [
                "a", "!2: the array is over, but more follows",
            ])
        #expect(
            issues(try read("[\(item),\n{\"issue\":\"b", nil, chunk: chunk))
                == ["a", "!2: the file ends before the array does"])
        #expect(issues(try read("[\(item),", nil, chunk: chunk)) == ["a", "!1: the file ends before the array does"])
    }

    @Test("CSV fields may be quoted, with commas, doubled quotes and line breaks inside", arguments: chunkSizes)
    func csv(chunk: Int) throws {
        let text =
            "\u{FEFF}Resolution,issue,tags,category\r\n"
            + "\"say \"\"hi\"\",\r\nthen go\",plain,a; b ;,\r\n"
            + "\r\n"
            + "r,\"last, one\",,net\r\n"
        let records = try read(text, .csv, chunk: chunk)
        #expect(records.map(\.line) == [2, 5])
        guard case .item(let first) = records[0].outcome, case .item(let second) = records[1].outcome else {
            Issue.record("\(issues(records))")
            return
        }
        #expect(first == (try ItemContent(issue: "plain", resolution: "say \"hi\",\r\nthen go", tags: ["a", "b"])))
        #expect(second == (try ItemContent(issue: "last, one", resolution: "r", category: "net")))
    }

    @Test(
        "A bad CSV row spoils only itself; a quote that is never closed is named with its line", arguments: chunkSizes)
    func badRows(chunk: Int) throws {
        let text = "issue,resolution\na,b,c\n5\" disk,r\ngood,r\n,r\n\"open,r\nswallowed,r\n"
        let found = issues(try read(text, .csv, chunk: chunk))
        #expect(
            found == [
                "!2: not a CSV row: 3 fields, but the header has 2",
                "!3: not a CSV row: text beside a quoted field, or a quote within an open one",
                "good", "!5: issue is missing", "!6: a quote is opened here and never closed",
            ])
    }

    @Test("Semicolons and tabs separate columns when the header says so", arguments: [";", "\t"])
    func delimiters(separator: String) throws {
        let text = "issue\(separator)resolution\na, b\(separator)\"r\(separator)r\"\n"
        let records = try read(text, .csv, chunk: 16)
        guard case .item(let item) = try #require(records.first).outcome else {
            Issue.record("\(issues(records))")
            return
        }
        #expect(item == (try ItemContent(issue: "a, b", resolution: "r\(separator)r")))
    }

    @Test("A CSV header without the columns of an item is refused with what it names") func badHeader() {
        #expect {
            try read("name,text\na,b\n", .csv, chunk: 16)
        } throws: {
            "\($0)" == "test: the first row must name the columns issue and resolution; it names name, text"
        }
    }

    @Test("The format shows in the name, else in the first character") func formats() throws {
        #expect(SourceFormat(fileName: "a.b.NDJSON") == .ndjson)
        #expect(SourceFormat(fileName: "a.jsonl") == .ndjson)
        #expect(SourceFormat(fileName: "a.csv") == .csv)
        #expect(SourceFormat(fileName: "a.json") == nil)
        #expect(try RecordReader(bytes: Array("  \n[".utf8), format: nil).format == .json)
        #expect(try RecordReader(bytes: Array(" {".utf8), format: nil).format == .ndjson)
        #expect(try RecordReader(bytes: Array("issue,resolution".utf8), format: nil).format == .csv)
        #expect(try RecordReader(bytes: [], format: nil).format == .ndjson)
    }

    @Test("Skipping n records leaves exactly those after them, in every format", arguments: SourceFormat.allCases)
    func skipping(format: SourceFormat) throws {
        let names = (0..<20).map { "item \($0)" }
        let bytes = Array(Self.written(names, as: format).utf8)
        for count in [0, 1, 7, 20, 21] {
            var reader = try RecordReader(bytes: bytes, format: format, chunkByteCount: 5)
            _ = try reader.skip(count)
            var rest: [SourceRecord] = []
            while let record = try reader.next() { rest.append(record) }
            #expect(issues(rest) == Array(names.dropFirst(count)))
        }
    }

    static func written(_ issues: [String], as format: SourceFormat) -> String {
        let objects = issues.map { #"{"issue":"\#($0)","resolution":"r"}"# }
        return switch format {
        case .ndjson: objects.joined(separator: "\n")
        case .json: "[" + objects.joined(separator: ",\n") + "]"
        case .csv: "issue,resolution\n" + issues.map { "\"\($0)\",r\n" }.joined()
        }
    }
}
