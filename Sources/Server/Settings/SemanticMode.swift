/// Whether the answer to one question may stand for another's.
public enum SemanticMode: String, Sendable, Hashable, CaseIterable {
    /// Only for the very same question.
    case off
    /// Where the vectors are close and the guard finds no reason against it.
    case guarded
}
