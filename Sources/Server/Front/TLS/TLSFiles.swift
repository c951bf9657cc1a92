/// Where the server's certificate and its key are, both PEM.
public struct TLSFiles: Sendable, Hashable {
    /// The server's certificate first, then those that lead to one that clients know.
    public let certificate: String
    public let key: String
}
