package import Logging
import Synchronization

/// Which messages are logged: the least level of all, and of single modules; changes while the server runs. Any thread.
package final class LogLevels: Sendable {
    private struct State: Sendable {
        var standard: Logger.Level
        var modules: [String: Logger.Level]
    }

    private let state: Mutex<State>
    /// The least level that any module logs at, by its place in `Logger.Level.allCases`: what decides most calls.
    private let least: Atomic<Int>

    /// - Parameter modules: levels by the name of a target, such as `ColdTier`.
    package init(_ standard: Logger.Level, modules: [String: Logger.Level] = [:]) {
        state = Mutex(State(standard: standard, modules: modules))
        least = Atomic(Self.least(standard, modules))
    }

    var leastOfAll: Logger.Level { Logger.Level.allCases[least.load(ordering: .relaxed)] }

    func level(of module: String) -> Logger.Level { state.withLock { $0.modules[module] ?? $0.standard } }

    package func change(_ standard: Logger.Level, modules: [String: Logger.Level]) {
        state.withLock { $0 = State(standard: standard, modules: modules) }
        least.store(Self.least(standard, modules), ordering: .relaxed)
    }

    private static func least(_ standard: Logger.Level, _ modules: [String: Logger.Level]) -> Int {
        let level = modules.values.reduce(standard, min)
        return Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}
