public import Sealing

extension Settings {
    /// Seals backups and opens them; `nil` while nothing is encrypted.
    public var backupSealer: Sealer? { keyRing.map { Sealer($0, purpose: "backup") } }
}
