import Access
import Knowledge
import Logging
import Pipeline
import Routing
import Synchronization
import WarmTier

/// Puts changed settings in force while the server runs: all that the file changed, or nothing. Any task.
final class SettingsChange: Sendable {
    /// What became of the readings of the file so far.
    struct Status: Sendable {
        /// Changes put in force since the start.
        var changes: UInt64 = 0
        /// Readings refused since the start.
        var refusals: UInt64 = 0
        /// Why the file as it is now is not in force; `nil` when it is.
        var problem: String?
    }

    private let live: LiveSettings
    private let stack: TierStack
    private let limits: CallerLimits?
    private let logger: Logger
    private let changeLog: @Sendable (Settings) -> Void
    private let audit: AuditLog
    private let state = Mutex(Status())

    init(
        _ live: LiveSettings, _ stack: TierStack, _ limits: CallerLimits?, audit: AuditLog, logger: Logger,
        changeLog: @escaping @Sendable (Settings) -> Void
    ) {
        self.live = live
        self.stack = stack
        self.limits = limits
        self.audit = audit
        self.logger = logger
        self.changeLog = changeLog
    }

    var status: Status { state.withLock { $0 } }

    /// Takes the file as it was just read, or says why it could not be.
    ///
    /// - Parameter reading: of the file; its failure is one line for the operator.
    func take(_ reading: Result<SettingsFile?, any Error>) {
        guard let present = live.sources else { return }
        do {
            let (next, waiting) = try present.taking(reading.get())
            let changed = next.changes(from: present)
            if !changed.isEmpty { try apply(next.settings) }
            live.swap(next)
            report(changed, waiting)
        } catch {
            state.withLock {
                $0.refusals += 1
                $0.problem = "\(error)"
            }
            logger.error("The settings stay as they were: \(error)")
        }
    }

    /// The one step that can refuse comes first.
    private func apply(_ settings: Settings) throws(SettingsRefused) {
        if let reason = stack.resizeHot(capacity: settings.hotCacheSize, maximumBytes: settings.hotCacheMaximumBytes) {
            throw SettingsRefused(description: reason)
        }
        stack.warm.resize(capacity: settings.warmCacheSize)
        stack.policy = PlacementPolicy(settings)
        limits?.apply(settings)
        changeLog(settings)
    }

    private func report(_ changed: [SettingListing], _ waiting: [SettingDefinition]) {
        state.withLock {
            if !changed.isEmpty { $0.changes += 1 }
            $0.problem = nil
        }
        audit.note(
            changed.map { setting in
                AuditEntry(
                    at: stack.time.now(), tenant: nil, subject: "settings file", action: .settingChange,
                    target: setting.definition.name, details: [.init("value", setting.value)])
            })
        for setting in changed { logger.notice("Setting changed: \(setting.definition.name)=\(setting.value)") }
        guard !waiting.isEmpty else { return }
        let names = waiting.map(\.name).joined(separator: ", ")
        logger.warning("Changed in the file, in force after the next start: \(names)")
    }
}

/// Why a valid file cannot be in force now.
struct SettingsRefused: Error, CustomStringConvertible {
    let description: String
}

extension PlacementPolicy {
    init(_ settings: Settings) {
        self.init(
            rules: RoutingRules(settings), answerLifetimeMilliseconds: Int64(settings.warmCacheTTL.milliseconds),
            negativeLifetimeMilliseconds: Int64(settings.negativeTTL.milliseconds))
    }
}
