/// How log lines are written.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, module, message, facts.
    case text
    /// For machines: an object a line.
    case json
}
