import ArgumentParser
import Backup
import Foundation
import Server

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check backups: every checksum, the database's integrity, its items by counting.",
        discussion: """
            Each is unpacked into TMPDIR and thrown away again. The exit code is 0 only if all are whole.

            EXAMPLES
              thermocline verify latest
              thermocline verify /mnt/backups/*.backup
            """)

    @Argument(help: "Names in BACKUP_DIR, paths, or latest.", completion: .file())
    var backups: [String]

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let folder = BackupFolder(settings.backupDirectory)
        var areWhole = true
        for backup in backups {
            do {
                let path = try folder.locate(backup)
                let outcome = try await BlockingWork().run { report in
                    try Restore(path, seal: settings.backupSealer, report: report).rehearse(in: Self.scratch())
                }
                print(outcome.line(of: path))
            } catch BackupError.stopped {
                throw BackupError.stopped
            } catch let error as BackupError {
                StandardError.write("\(error)")
                areWhole = false
            }
        }
        guard areWhole else { throw ExitCode.failure }
    }

    /// A folder that is not there yet.
    static func scratch() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("thermocline-rehearsal-\(UUID().uuidString)").path
    }
}
