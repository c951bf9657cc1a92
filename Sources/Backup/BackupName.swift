import Foundation
import Knowledge

/// The name of a backup's file, which tells when it was begun: `thermocline-20260131T120000.000Z.backup`.
///
/// Names sort by time. Files of other names in the folder are nobody's business.
enum BackupName {
    private static let prefix = "thermocline-"
    private static let suffix = ".backup"

    static func of(_ time: Timestamp) -> String {
        prefix + time.rfc3339.filter { $0 != "-" && $0 != ":" } + suffix
    }

    /// `nil` for a file that is no backup by its name.
    static func time(of name: String) -> Timestamp? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
        let text = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard let match = text.wholeMatch(of: /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z/) else { return nil }
        func number(_ digits: Substring) -> Int32 { Int32(digits) ?? 0 }
        var parts = tm()
        parts.tm_year = number(match.1) - 1900
        parts.tm_mon = number(match.2) - 1
        parts.tm_mday = number(match.3)
        parts.tm_hour = number(match.4)
        parts.tm_min = number(match.5)
        parts.tm_sec = number(match.6)
        let time = Timestamp(milliseconds: Int64(timegm(&parts)) * 1000 + Int64(number(match.7)))
        // A month of 13 would be next year's January.
        return of(time) == name ? time : nil
    }
}
