/// How far the copy of a database is.
public struct CopyProgress: Sendable, Hashable {
    public let doneBytes: Int
    public let totalBytes: Int
}
