import ColdTier
import Foundation
import Knowledge

/// The folder of one store's backups.
///
/// Blocks the calling thread.
public struct BackupFolder: Sendable, Hashable {
    public let path: String

    /// What stands for the newest backup where a name is asked for.
    public static let latest = "latest"
    /// What the name of a working copy ends with.
    static let copySuffix = ".copy"

    public init(_ path: String) {
        self.path = path
    }

    /// Newest first; none when there is no folder.
    public func backups() throws(BackupError) -> [StoredBackup] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch CocoaError.fileReadNoSuchFile {
            return []
        } catch {
            throw .unusable(path: path, reason: "it cannot be read")
        }
        return names.compactMap { name in BackupName.time(of: name).map { (name, $0) } }.sorted { $0.1 > $1.1 }
            .compactMap { name, time in
                var status = stat()
                guard stat(file(name), &status) == 0 else { return nil }
                return StoredBackup(
                    name: name, createdAt: time, byteCount: Int(status.st_size),
                    header: try? BackupReader(path: file(name), seal: nil).header)
            }
    }

    /// The path of a backup: by its name here, by `latest`, or as a path of its own.
    public func locate(_ argument: String) throws(BackupError) -> String {
        if argument == Self.latest {
            guard let newest = try backups().first else { throw .nothingThere(folder: path, name: nil) }
            return file(newest.name)
        }
        if !argument.contains("/"), access(file(argument), F_OK) == 0 { return file(argument) }
        guard access(argument, F_OK) == 0 else { throw .nothingThere(folder: path, name: argument) }
        return argument
    }

    /// As `locate`, for callers who may reach nothing but this folder.
    public func locate(named name: String) throws(BackupError) -> String {
        guard name == Self.latest || BackupName.time(of: name) != nil else {
            throw .nothingThere(folder: path, name: name)
        }
        let path = try locate(name)
        guard path.hasPrefix(self.path) else { throw .nothingThere(folder: self.path, name: name) }
        return path
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Makes the folder when it is missing, and the caller the only one who writes into it.
    func lock() throws(BackupError) -> DirectoryLock {
        do {
            return try DirectoryLock.acquire(directory: path)
        } catch {
            switch error {
            case .locked(_, let owner): throw .busy(folder: path, owner: owner)
            case .directoryUnusable(_, let reason): throw .unusable(path: path, reason: reason)
            default: throw BackupError(error, folder: path)
            }
        }
    }

    /// Removes what runs that were killed have left. Only for who has the lock.
    func removeLeftovers() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        where name.hasPrefix("thermocline-") && (name.hasSuffix(DraftFile.suffix) || name.contains(Self.copySuffix)) {
            unlink(file(name))
        }
    }

    /// Refuses early what would fill the disk that the store itself may be on.
    func requireSpace(_ byteCount: Int) throws(BackupError) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw .ofSystem(errno, path: path, folder: path) }
        guard Int(status.f_bavail) * Int(status.f_frsize) >= byteCount else { throw .noSpace(folder: path) }
    }

    /// Deletes backups that retention does not keep. Only right after `newest` was read back whole, so that what stays is
    /// never nothing, and never only what may be damaged.
    ///
    /// - Returns: their names.
    func expire(_ retention: Retention, newest: StoredBackup) throws(BackupError) -> [String] {
        let all = try backups()
        let expired = retention.expired(all.map(\.createdAt))
        var gone: [String] = []
        // By name: a clock that was set back must not let the one just made go.
        for backup in all where expired.contains(backup.createdAt) && backup.name != newest.name {
            guard unlink(file(backup.name)) == 0 else { throw .ofSystem(errno, path: backup.name, folder: path) }
            gone.append(backup.name)
        }
        return gone
    }
}
