/// How far a backup, a verification or a restore is.
public struct BackupProgress: Sendable, Hashable {
    public enum Step: String, Sendable {
        case copying, writing, reading, checking
    }

    public let step: Step
    /// Of this step.
    public let doneBytes: Int
    public let totalBytes: Int

    /// Takes progress; says whether to go on.
    public typealias Report = @Sendable (BackupProgress) -> Bool
}

extension BackupProgress {
    /// Reports, and breaks off where told to.
    static func report(
        _ step: Step, _ doneBytes: Int, of totalBytes: Int, to report: Report
    ) throws(BackupError) {
        guard report(BackupProgress(step: step, doneBytes: doneBytes, totalBytes: totalBytes)) else {
            throw .stopped
        }
    }
}
