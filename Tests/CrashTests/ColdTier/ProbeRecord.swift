import Knowledge

/// What a killed probe said, as what may be found: for each key the acknowledged revision, and the announced one where
/// its acknowledgement is missing. Revision 0 is no item.
struct ProbeRecord {
    private(set) var allowed: [String: Set<Int>] = [:]

    struct Unreadable: Error {
        let line: String
    }

    mutating func read(_ line: Substring) throws {
        let words = line.split(separator: " ")
        guard words.count == 3, let revision = Int(words[2]) else { throw Unreadable(line: String(line)) }
        let key = String(words[1])
        switch words[0] {
        case "will": allowed[key, default: [0]].insert(revision)
        case "done": allowed[key] = [revision]
        default: throw Unreadable(line: String(line))
        }
    }

    static func revision(of item: KnowledgeItem) -> Int? {
        item.content.resolution.split(separator: " ").dropFirst().first.flatMap { Int($0.dropFirst()) }
    }
}
