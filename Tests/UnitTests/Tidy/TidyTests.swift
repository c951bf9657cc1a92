import Foundation
import Testing

/// Holds the code to what ARCHITECTURE.md and CONTRIBUTING.md say of it.
@Suite("Tidiness")
struct TidyTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// One source file of ours, its path relative to the root.
    private struct Source {
        let path: String
        let target: String
        let lines: [Substring]
    }

    private static func sources(under folder: String = "Sources") throws -> [Source] {
        let base = root.appending(path: folder)
        let walker = try #require(FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil))
        return try walker.compactMap { $0 as? URL }
            .filter { ["swift", "c", "h"].contains($0.pathExtension) }
            .map { url in
                let path = String(url.path.dropFirst(root.path.count)).trimmingPrefix("/")
                let target = path.split(separator: "/")[1]
                let text = try String(contentsOf: url, encoding: .utf8)
                return Source(
                    path: String(path), target: String(target),
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false))
            }
    }

    /// The arrows drawn in ARCHITECTURE.md, as lines of the form `Importer → Imported, Imported`.
    private static func arrows() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        var arrows: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.contains(" → ") && !line.contains("`") && !line.contains("|")
        {
            let sides = line.split(separator: "→")
            let importer = sides[0].trimmingCharacters(in: .whitespaces)
            guard sides.count == 2, !importer.isEmpty, !importer.contains(" ") else { continue }
            arrows[importer, default: []]
                .formUnion(sides[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
        }
        return arrows
    }

    private static func importedModule(_ line: Substring) -> String? {
        line.wholeMatch(of: /(?:public |package )?import (\w+)/).map { String($0.1) }
    }

    /// Targets that only tests use; they may look into everything.
    private static let testing: Set<String> = ["TestSupport", "ColdWriterProbe", "SnapshotProbe"]

    @Test("Targets import one another only along the arrows of ARCHITECTURE.md")
    func importDirections() throws {
        let arrows = try Self.arrows()
        let sources = try Self.sources()
        let targets = Set(sources.map(\.target)).union(["CHiredis", "CLZ4"])
        #expect(arrows.keys.contains("Pipeline"), "ARCHITECTURE.md draws no arrows")
        for source in sources where !Self.testing.contains(source.target) {
            for line in source.lines {
                guard let imported = Self.importedModule(line), targets.contains(imported) else { continue }
                #expect(
                    arrows[source.target]?.contains(imported) == true,
                    "\(source.path) imports \(imported), which ARCHITECTURE.md does not draw")
            }
        }
    }

    @Test("Every arrow of ARCHITECTURE.md is in use")
    func noStaleArrows() throws {
        let sources = try Self.sources()
        for (importer, importedTargets) in try Self.arrows() {
            for imported in importedTargets {
                let isUsed = sources.contains { source in
                    source.target == importer
                        && source.lines.contains { Self.importedModule($0) == imported }
                }
                #expect(isUsed, "ARCHITECTURE.md draws \(importer) → \(imported), which no file imports")
            }
        }
    }

    @Test("Nothing that input, disk, network or an operator can cause may trap")
    func noTraps() throws {
        for source in try Self.sources() where source.path.hasSuffix(".swift") && !Self.testing.contains(source.target)
        {
            for (index, line) in source.lines.enumerated() {
                for word in ["try!", "fatalError(", "as!", "preconditionFailure("] where line.contains(word) {
                    Issue.record("\(source.path):\(index + 1) has \(word)")
                }
            }
        }
    }

    @Test("Where the compiler's check of data races is switched off, the guard is named beside it")
    func guardsAreNamed() throws {
        for source in try Self.sources() {
            for (index, line) in source.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                let before = source.lines[max(0, index - 6)..<index]
                #expect(
                    line.contains("//") || before.contains { $0.contains("//") },
                    "\(source.path):\(index + 1) does not say what guards it")
            }
        }
    }

    @Test("Files are named for what they define, and are one thing")
    func files() throws {
        for source in try Self.sources() {
            let name = source.path.split(separator: "/").last.map(String.init) ?? ""
            for word in ["manager", "helper", "util", "misc", "common"] where name.lowercased().contains(word) {
                Issue.record("\(source.path) has a name that says nothing")
            }
            #expect(source.lines.count <= 600, "\(source.path) has \(source.lines.count) lines")
        }
    }

    @Test("The README's test command is what CI runs")
    func readmeAndCI() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let ci = try String(contentsOf: Self.root.appending(path: ".ci/run"), encoding: .utf8)
        #expect(readme.contains("scripts/test"))
        #expect(
            ci.split(separator: "\n").contains {
                $0.trimmingCharacters(in: .whitespaces) == "scripts/test" || $0 == "exec scripts/test"
            })
    }
}
