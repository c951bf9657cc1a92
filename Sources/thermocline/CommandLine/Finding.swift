/// What a check found about one setting or part, with what to do about it.
struct Finding: Sendable {
    enum Grade: String, Sendable {
        case ok
        /// The server runs without it.
        case warn
        /// The server does not run, or must not be trusted.
        case bad
    }

    let grade: Grade
    let part: String
    let text: String

    init(_ grade: Grade, _ part: String, _ text: String) {
        self.grade = grade
        self.part = part
        self.text = text
    }

    var line: String { grade.rawValue.padded(to: 6) + part.padded(to: 14) + text }
}
