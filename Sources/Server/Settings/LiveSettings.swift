import Synchronization

/// The settings in force: one immutable snapshot, swapped whole when the configuration file changes. Any thread.
///
/// A request takes the snapshot once, so that it never sees half of a change.
final class LiveSettings: Sendable {
    private struct State: Sendable {
        var settings: Settings
        var sources: LoadedSettings?
    }

    private let state: Mutex<State>

    /// - Parameter sources: what `settings` were read from; `nil` where nothing will be read again.
    init(_ settings: Settings, sources: LoadedSettings? = nil) {
        state = Mutex(State(settings: settings, sources: sources))
    }

    var now: Settings { state.withLock { $0.settings } }
    var sources: LoadedSettings? { state.withLock { $0.sources } }

    func swap(_ next: LoadedSettings) {
        state.withLock { $0 = State(settings: next.settings, sources: next) }
    }
}
