import ColdTier
import Knowledge
import Pipeline

/// What of the interface an operator chooses, or follows from what is installed.
struct InterfaceBounds: Sendable {
    /// Of a question, in code points.
    let maximumQueryCharacters: Int
    /// Numbers of a vector; `nil` while there is no encoder.
    let dimension: Int?
    /// Minutes of history that are kept.
    let historyMinutes: Int
    /// Whether callers without a key are refused.
    let requiresKeys: Bool
}

extension ServerParts {
    var interfaceBounds: InterfaceBounds {
        InterfaceBounds(
            maximumQueryCharacters: settings.maximumQueryCharacters, dimension: stack.cold.encoder?.dimension,
            historyMinutes: history.capacity, requiresKeys: settings.requiresKeys)
    }
}
