public import Backup
public import ColdTier
public import Knowledge
public import Sealing

/// Makes and restores backups in tests.
public enum BackupFixture {
    public static let keepAll = Retention(hourly: 208, daily: 208, weekly: 208)

    public static func key(_ byte: UInt8) -> KeyRing? {
        SealingKey(bytes: [UInt8](repeating: byte, count: SealingKey.byteCount)).map { KeyRing(current: $0) }
    }

    public static func sealer(_ byte: UInt8) -> Sealer? { key(byte).map { Sealer($0, purpose: "backup") } }

    /// Backs an open store up.
    @discardableResult
    public static func make(
        _ cold: ColdTier, in folder: BackupFolder, seal: Sealer? = nil, at time: Timestamp = TimeSource.system.now(),
        keeping retention: Retention = keepAll, spaceLimit: Int? = nil
    ) throws(BackupError) -> StoredBackup {
        var run = BackupRun(BackupSource(cold), into: folder, seal: seal, version: "test") { _ in true }
        run.spaceLimit = spaceLimit
        return try run.run(at: time, keeping: retention).backup
    }
}
