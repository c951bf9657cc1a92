import Foundation

/// What the operating system says about this process. Zero where it does not say.
struct ProcessFigures: Sendable {
    /// Seconds since 1970.
    let startSeconds: Double
    let cpuSeconds: Double
    let residentBytes: Int
    let virtualBytes: Int
    let openFileDescriptors: Int
    /// Infinite where there is no limit.
    let maximumFileDescriptors: Double
    let threads: Int

    /// Reads procfs, which is memory and does not block.
    static func now() -> ProcessFigures {
        let memory = memory()
        return ProcessFigures(
            startSeconds: start, cpuSeconds: cpu(), residentBytes: memory.resident, virtualBytes: memory.virtual,
            openFileDescriptors: entries(of: "/proc/self/fd"), maximumFileDescriptors: descriptorLimit(),
            threads: entries(of: "/proc/self/task"))
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

    private static func memory() -> (resident: Int, virtual: Int) {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return (0, 0) }
        let pages = statm.split(separator: " ").prefix(2).compactMap { Int($0) }
        guard pages.count == 2 else { return (0, 0) }
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        return (pages[1] * pageBytes, pages[0] * pageBytes)
    }

    private static func entries(of folder: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: folder).count) ?? 0
    }

    private static func descriptorLimit() -> Double {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return limit.rlim_cur == .max ? .infinity : Double(limit.rlim_cur)
    }
}
