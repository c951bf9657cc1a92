import Synchronization

/// What the session on its event loop lets every thread read: may I ask, how is it, which scripts are loaded.
package final class LinkBoard: Sendable {
    private struct Notes: Sendable {
        var status: WarmHealth.Status = .down
        var reason: String? = "not started"
        var writeRefusal: RedisRefusal?
        var digests: [LuaScript: String] = [:]
    }

    private let notes = Mutex(Notes())
    /// Copy of `status == .up` for the path of every question.
    private let serving = Atomic(false)
    private let refusesWrites = Atomic(false)
    private let roundTripNanoseconds = Atomic<Int64>(-1)
    package let recencyClock = RecencyClock()

    package init() {}

    package var isServing: Bool { serving.load(ordering: .acquiring) }

    package var health: WarmHealth {
        let roundTrip = roundTripNanoseconds.load(ordering: .relaxed)
        return notes.withLock { notes in
            let refusal = notes.status == .up ? notes.writeRefusal : nil
            return WarmHealth(
                status: refusal == nil ? notes.status : .refusingWrites, reason: refusal?.description ?? notes.reason,
                lastRoundTripMicroseconds: roundTrip < 0 ? nil : Double(roundTrip) / 1_000)
        }
    }

    /// What to say to a caller who was not let through.
    package var unavailability: WarmUnavailable {
        switch notes.withLock(\.status) {
        case .disabled: .disabled
        case .down, .up, .refusingWrites: .notConnected
        case .breakerOpen: .breakerOpen
        case .closed: .closed
        }
    }

    /// - Returns: true when the status is another than before.
    package func post(_ status: WarmHealth.Status, reason: String?) -> Bool {
        let changed = notes.withLock { notes in
            defer {
                notes.status = status
                notes.reason = reason
            }
            return notes.status != status
        }
        serving.store(status == .up, ordering: .releasing)
        return changed
    }

    package func postRoundTrip(nanoseconds: Int64) {
        roundTripNanoseconds.store(nanoseconds, ordering: .relaxed)
    }

    /// A write was refused (or, with `nil`, taken).
    package func post(writeRefusal: RedisRefusal?) {
        // Taken writes are the rule; they cost one load.
        guard writeRefusal != nil || refusesWrites.load(ordering: .relaxed) else { return }
        refusesWrites.store(writeRefusal != nil, ordering: .relaxed)
        notes.withLock { $0.writeRefusal = writeRefusal }
    }

    package func digest(of script: LuaScript) -> String? { notes.withLock { $0.digests[script] } }
    package func post(digest: String, of script: LuaScript) { notes.withLock { $0.digests[script] = digest } }
}
