import ArgumentParser
import Backup
import Foundation
import Import
import Knowledge
import Server

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of what is in DATA_DIR.",
        discussion: """
            The backup is unpacked and checked first: every checksum, the database's integrity, its items by counting. \
            Only then is what is in DATA_DIR moved aside, into a folder before-restore-… in it; nothing is deleted. The \
            server must be stopped. A backup of an older version is brought up to date. A restore that was cut short is \
            run again.

            --dry-run does all but the moving, beside a running server too; it needs room for the database in TMPDIR.

            EXAMPLES
              thermocline restore latest --dry-run
              thermocline restore latest
              thermocline restore /mnt/backups/thermocline-20260131T120000.000Z.backup
            """)

    @Argument(help: "A backup's name in BACKUP_DIR, its path, or latest.", completion: .file())
    var backup: String

    @Flag(help: "Check that it could be restored, and change nothing.")
    var dryRun = false

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let path = try BackupFolder(settings.backupDirectory).locate(backup)
        let isRehearsal = dryRun
        if !isRehearsal, let server = try KnowledgeServer.find(dataDirectory: settings.dataDirectory, apiKey: nil) {
            try await server.use { _ in }
            throw CommandFailure.serverHasStore(directory: settings.dataDirectory, url: server.url)
        }
        let outcome = try await BlockingWork().run { report in
            let restore = Restore(path, seal: settings.backupSealer, report: report)
            return try isRehearsal
                ? restore.rehearse(in: VerifyCommand.scratch())
                : restore.run(into: settings.dataDirectory, at: TimeSource.system.now())
        }
        print(outcome.line(of: path))
        guard let id = outcome.storeID else { return }
        print("restored into \(settings.dataDirectory) as store \(id)")
        if let aside = outcome.movedTo { print("what was there before is in \(aside)") }
        let access = try await OpenAccess(settings)
        do {
            try await access.noteRestore(
                URL(filePath: path).lastPathComponent, items: outcome.facts.items,
                changeNumber: Int(outcome.facts.changeNumber))
        } catch {
            await access.close()
            throw error
        }
        await access.close()
    }
}

extension Restore.Outcome {
    /// For a person.
    func line(of path: String) -> String {
        "\(path) is whole: \(facts.items.grouped) items of \(facts.tenants) tenants up to change "
            + "\(facts.changeNumber), of \(header.createdAt.rfc3339)"
    }
}
