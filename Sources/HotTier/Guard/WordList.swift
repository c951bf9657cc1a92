import Foundation

/// One file of words that the guard reads.
///
/// UTF-8 text. A `#` that begins a line or follows a space begins a comment. A line is a group: words or phrases parted by commas; in
/// `antonyms.txt` two such groups parted by `|`. Case and inflection do not matter.
enum WordList: String, CaseIterable {
    // In the order in which they are read: a word's first list gives its term.
    case inflections
    case technologies
    case operatingSystems = "operating-systems"
    case objects
    case scopes
    case quantities
    case negations
    case synonyms
    case antonyms
    case ways
    case symmetric
    case codes
    case harmless = "harmless-numbers"
    case fillers
    case weak
    case common
    case related
    case ports = "known-ports"

    /// Of one file. The longest of the distribution has less than a tenth.
    static let maximumBytes = 256 << 10
    /// Of all files: about 4 MB in memory.
    static let maximumEntries = 20_000

    struct Line {
        let number: Int
        let sides: [[String]]
    }

    var file: String { rawValue + ".txt" }

    var category: GuardLexicon.Categories {
        switch self {
        case .technologies: .technology
        case .operatingSystems: .operatingSystem
        case .objects: .object
        case .scopes: .scope
        case .quantities: .quantity
        case .negations: .negation
        case .ways: .wayWord
        case .symmetric: .symmetric
        case .codes: .codeWord
        case .harmless: .harmlessWord
        case .fillers: .filler
        case .weak: .weak
        case .common: .common
        case .ports: .knownPort
        case .inflections, .synonyms, .antonyms, .related: []
        }
    }

    /// True where the words of one line are names of one thing.
    var groupsShareATerm: Bool {
        switch self {
        case .technologies, .operatingSystems, .objects, .scopes, .quantities, .synonyms, .inflections: true
        case .negations, .antonyms, .ways, .symmetric, .codes, .harmless, .fillers, .weak, .common, .related, .ports:
            false
        }
    }

    /// The groups of the file in `folder`; reads at most one byte more than `maximumBytes`.
    func lines(in folder: String) throws(GuardLexiconError) -> [Line] {
        let path = URL(filePath: folder).appending(path: file)
        guard let handle = try? FileHandle(forReadingFrom: path) else { throw .unreadable(file: path.relativePath) }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.maximumBytes + 1) else {
            if (try? handle.offset()) == 0 { return [] }
            throw .unreadable(file: path.relativePath)
        }
        guard data.count <= Self.maximumBytes else { throw .tooLarge(file: file, maximumBytes: Self.maximumBytes) }
        guard let text = String(data: data, encoding: .utf8) else { throw .notText(file: file) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let words = line.hasPrefix("#") ? "" : line.firstRange(of: " #").map { line[..<$0.lowerBound] } ?? line
            guard !words.allSatisfy(\.isWhitespace) else { return nil }
            let sides = words.split(separator: "|", omittingEmptySubsequences: false).map { side in
                side.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            }
            return Line(number: index + 1, sides: sides)
        }
    }
}
