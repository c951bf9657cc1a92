import Foundation

/// What this program holds of the machine's memory.
enum Memory {
    /// Resident bytes without those of mapped files.
    static func privateBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let found = status.firstMatch(of: /RssAnon:\s+(\d+) kB/), let kilobytes = Int(found.1) else {
            throw Unusable(reason: "/proc/self/status does not tell RssAnon")
        }
        return kilobytes * 1_024
    }
}
