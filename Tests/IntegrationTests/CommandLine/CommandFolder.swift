import Foundation

/// A folder for the runs of one test, with a data directory in it; goes away with the test.
final class CommandFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appendingPathComponent("thermocline-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Without encoder and Redis: what is tested here needs neither, and starts at once without them.
    var environment: [String: String] {
        [
            "DATA_DIR": dataDirectory, "REDIS_URL": "off", "MODEL_PATH": path + "/no-model", "HOST": "127.0.0.1",
            "PORT": "0", "PATH": "/usr/bin:/bin", "HOME": path,
        ]
    }

    var dataDirectory: String { path + "/data" }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the only journal says: how many records were acknowledged. 0 before the first batch.
    var acknowledgedRecords: Int {
        struct Journal: Decodable { let recordsAcknowledged: Int }
        let folder = dataDirectory + "/imports"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(".json") {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name),
                let journal = try? JSONDecoder().decode(Journal.self, from: data)
            else { continue }
            return journal.recordsAcknowledged
        }
        return 0
    }
}
