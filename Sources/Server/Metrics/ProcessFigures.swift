import Foundation

/// What the operating system says about this process. Zero where it does not say.
struct ProcessFigures: Sendable {
    /// Seconds since 1970.
    let startSeconds: Double
    let cpuSeconds: Double
    let residentBytes: Int
    let openFileDescriptors: Int

    /// Reads procfs, which is memory and does not block.
    static func now() -> ProcessFigures {
        ProcessFigures(
            startSeconds: start, cpuSeconds: cpu(), residentBytes: resident(), openFileDescriptors: descriptors())
    }

    /// When the process started: its age taken from now, once.
    private static let start: Double = {
        let now = Date().timeIntervalSince1970
        // The 22nd field; the 2nd may hold spaces but ends with the last parenthesis.
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let uptime = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
            let ticks = stat.split(separator: ")").last?.split(separator: " ").dropFirst(19).first.flatMap({
                Double($0)
            }),
            let up = uptime.split(separator: " ").first.flatMap({ Double($0) })
        else { return now }
        return now - up + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    /// POSIX has `clock` count in millionths of a second, whatever its resolution.
    private static func cpu() -> Double { Double(clock()) / 1e6 }

    private static func resident() -> Int {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = statm.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}
