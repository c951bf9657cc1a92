/// What one client may take of a connection, and how long it may take for it.
///
/// None of these is a setting: each only has to be wide enough for an honest client on a bad line. Tests shorten them.
public struct FrontLimits: Sendable {
    /// From the first byte of a request, or the opening of a connection, to the end of the request's head. Includes the
    /// TLS handshake. A head is a few packets: ten seconds are several lost ones.
    package var headTimeout = Duration.seconds(10)
    /// How long a connection without a request stays open; `SERVER_TIMEOUT_SECONDS`.
    package var idleTimeout = Duration.seconds(120)
    /// How long a request's body may bring nothing while the server waits for it.
    ///
    /// A balance, not a deadline: waiting uses it up, each byte earns `1 / slowestBytesPerSecond`, and it never exceeds
    /// this. So a body that drips runs out of it, and one in steady progress never does, however long it is.
    package var bodyPatience = Duration.seconds(20)
    /// The same for a client that does not read its reply.
    package var writePatience = Duration.seconds(30)
    /// Slower than any modem; a body of the largest size may still take half an hour.
    package var slowestBytesPerSecond = 500.0
    /// After a reply that ends the connection early, so long is what the client still sends taken and dropped: closed at
    /// once, the reply could be lost to it.
    package var lingering = Duration.seconds(2)
    /// How often a connection is looked at. Its requests set no timers of their own.
    package var tick = Duration.seconds(1)

    /// Browsers and proxies together send about thirty.
    package var maximumHeaderCount = 100
    /// Name and value of one field; a token of the largest size fits twice.
    package var maximumHeaderFieldBytes = 16 << 10
    /// All fields and the request line.
    package var maximumHeaderBytes = 32 << 10
    /// Path and query.
    package var maximumURIBytes = 8 << 10
    /// Of a body that nobody reads any more, since its reply was sent: beyond, the connection is closed.
    package var maximumDroppedBytes = RequestBodyLimits.maximumBytes

    public init() {}
}
