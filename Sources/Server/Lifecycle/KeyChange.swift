import ColdTier
import Pipeline
import Sealing
import ServiceLifecycle
import WarmTier

/// The change to another key, or from none to one: cold seals its texts anew by itself; this sees to what is kept of answers.
struct KeyChange: Service {
    /// Between looks at how far it is.
    private static let interval = Duration.seconds(1)

    let cold: ColdTier
    let warm: WarmTier
    let snapshots: HotSnapshots
    let sealers: AnswerSealers?
    let settings: Settings

    /// Answers in Redis are forgotten once, as the change begins or when Redis is there; the snapshot is written anew at the
    /// end.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isChanging = false
            var isFlushed = false
            while !Task.isCancelled {
                if cold.isChangingKeys {
                    isChanging = true
                    if !isFlushed { isFlushed = await warm.flush(tenant: nil) != nil }
                } else if isChanging {
                    isChanging = false
                    isFlushed = false
                    await snapshots.save()
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// Reads the file of keys again and begins to seal by its first one.
    ///
    /// - Returns: whether there is anything to change.
    func begin() async throws(ContractError) -> Bool {
        guard cold.sealingKey != nil else {
            throw .conflict(
                "Nothing is encrypted: start the server with ENCRYPTION_KEY_FILE or ENCRYPTION_KEY to begin")
        }
        guard let file = settings.encryptionKeyFile else {
            throw .conflict(
                "The key comes from ENCRYPTION_KEY: restart with the new one, and the old one in ENCRYPTION_OLD_KEYS")
        }
        let ring: KeyRing
        do {
            ring = try SettingsReader.keyRing(inFile: file, oldKeys: settings.encryptionOldKeys)
        } catch {
            throw .senseless("The file of ENCRYPTION_KEY_FILE cannot be read, or has a line that is no key")
        }
        guard ring.current.id != cold.sealingKey else { return cold.isChangingKeys }
        do throws(ColdError) {
            try await cold.rekey(ring)
        } catch .keysMissing(_, let keys) {
            throw .conflict(
                "The file of ENCRYPTION_KEY_FILE lacks key \(keys.map(\.description).joined(separator: ", ")), by which texts "
                    + "are sealed: keep it below the new one until the change is done")
        } catch {
            throw ContractError(error)
        }
        sealers?.replace(ring)
        return true
    }

    /// All of it at once, for a store that no server has.
    func finish(_ report: @Sendable (TextRecodingProgress) -> Void) async throws(ColdError) {
        guard cold.isChangingKeys else { return }
        // Connecting takes a moment, and Redis may be away: its answers expire then.
        var attempts = 0
        while warm.health.status != .disabled, await warm.flush(tenant: nil) == nil, attempts < Self.flushAttempts {
            attempts += 1
            try? await Task.sleep(for: .milliseconds(50))
        }
        await snapshots.discard()
        try await cold.finishRecoding(report)
    }

    private static let flushAttempts = 20
}

extension ColdTier {
    var isChangingKeys: Bool { textRecoding.map { $0.work != .compressing } ?? false }
}
