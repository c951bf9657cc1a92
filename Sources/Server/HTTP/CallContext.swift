import Hummingbird
import Knowledge
import Logging
import NIOCore

/// What belongs to one request on its way: who asks, and by which id it is told from others.
struct CallContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Until it has been found out, nobody.
    var caller = Caller.nobody
    var requestID = ""
    /// The span of this request, where spans are collected.
    var span: RecordedSpan?
    /// The other end of the connection: a client, or a proxy.
    let peer: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress
    }
}
