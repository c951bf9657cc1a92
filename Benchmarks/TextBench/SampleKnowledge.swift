import Foundation

/// An item of the sample knowledge.
struct SampleKnowledge: Decodable {
    let issue: String
    let resolution: String

    /// All of `config/knowledge`, in the order of files and lines.
    static func load() throws -> [SampleKnowledge] {
        let folder = "config/knowledge"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".ndjson") }
        return try names.sorted().flatMap { name in
            try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n")
                .map { try JSONDecoder().decode(SampleKnowledge.self, from: Data($0.utf8)) }
        }
    }
}
