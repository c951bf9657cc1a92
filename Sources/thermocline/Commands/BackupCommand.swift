import ArgumentParser
import Backup
import Import
import Knowledge
import Server
import ThermoclineClient

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the knowledge into BACKUP_DIR, as of one moment.",
        discussion: """
            Beside a running server the server makes it, while it goes on answering and storing. The file appears only \
            when it is whole and was read back; older ones go as BACKUP_KEEP_HOURLY, _DAILY and _WEEKLY say. With \
            ENCRYPTION_KEY it is sealed. --list shows what is there.

            EXAMPLES
              thermocline backup
              BACKUP_DIR=/mnt/backups thermocline backup
              thermocline backup --list
            """)

    @Flag(help: "Show the backups that are there, and make none.")
    var list = false

    @Option(
        help: """
            The operator's key, where the server beside it requires one. (default: THERMOCLINE_API_KEY, which other \
            users of this machine cannot see)
            """)
    var apiKey: String?

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let folder = BackupFolder(settings.backupDirectory)
        guard !list else { return try show(folder) }
        let work = BlockingWork()
        guard
            let server = try KnowledgeServer.find(
                dataDirectory: settings.dataDirectory, apiKey: apiKey ?? ServerOptions.environmentKey)
        else {
            let made = try await work.run { report in
                try ClosedStore(settings.dataDirectory).backUp(
                    into: folder, seal: settings.backupSealer, keeping: settings.backupRetention,
                    version: ThermoclineServer.version, at: TimeSource.system.now(), report: report)
            }
            print("\(folder.path)/\(made.backup.line)")
            for name in made.expired { StandardError.write("\(name) is no longer kept") }
            return
        }
        let made = try await server.use { server in
            try await server.makeBackup { piece in
                guard let step = piece.step else { return }
                work.show(step, doneBytes: piece.doneBytes ?? 0, totalBytes: piece.totalBytes ?? 0)
            }
        }
        work.endDisplay()
        print("\(made.name ?? "")  \((made.bytes ?? 0).inMegabytes), \((made.items ?? 0).grouped) items")
    }

    private func show(_ folder: BackupFolder) throws {
        let backups = try folder.backups()
        for backup in backups { print(backup.line) }
        if backups.isEmpty { StandardError.write("there is no backup in \(folder.path)") }
    }
}

extension StoredBackup {
    /// For a person.
    fileprivate var line: String {
        guard let header else { return "\(name)  \(byteCount.inMegabytes), its head cannot be read" }
        return "\(name)  \(byteCount.inMegabytes), \(header.store.items.grouped) items"
            + (header.keyID.map { ", sealed with key \($0)" } ?? "")
    }
}
