import Foundation

extension Trace {
    /// The identifiers in the Perl modules of Debian's essential package `perl-base`, file by file in reading order.
    ///
    /// No log of questions, but real: what is named here is named again a few lines on, and the next file is about
    /// something else. Every Debian machine has it; another release has another version. `nil` where it is missing.
    static func identifiers() throws -> Trace? {
        let libraries = URL(filePath: "/usr/lib")
        let folders = try FileManager.default.contentsOfDirectory(at: libraries, includingPropertiesForKeys: nil)
            .map { $0.appending(path: "perl-base") }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
        guard let folder = folders.first,
            let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else { return nil }
        let files = walker.compactMap { $0 as? URL }.filter { $0.pathExtension == "pm" }.sorted { $0.path < $1.path }
        var identifiers: [Substring.UTF8View.SubSequence] = []
        for file in files {
            // Latin-1, for some are not UTF-8 and every byte must stand for itself.
            let text = try String(contentsOf: file, encoding: .isoLatin1)
            identifiers += text.utf8.split { !isPartOfIdentifier($0) }.filter {
                $0.count > 1 && !isDigit($0[$0.startIndex])
            }
        }
        return Trace("identifiers of perl-base", identifiers.map { String(Substring($0)) })
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isPartOfIdentifier(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
