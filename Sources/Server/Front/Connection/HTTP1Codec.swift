import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Turns HTTP/1 messages into those that all versions share, and back.
///
/// Does what a decoder and an encoder cannot know: refuses requests whose end two readers could see in different places
/// (request smuggling), frames replies for the version that asked, and ends the connection after a reply that is the last.
/// On the connection's event loop alone.
final class HTTP1Codec: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What of a request its reply depends on.
    private struct Asked {
        let isHTTP10: Bool
        let isHead: Bool
        let keepsAlive: Bool
    }

    private let limits: FrontLimits
    private let scheme: String
    private let connection: ConnectionGuard
    private var unanswered = CircularBuffer<Asked>(initialCapacity: 1)
    private var isReceiving = false
    /// A head was refused: nothing after it is a request.
    private var isBroken = false
    private var isQuiescing = false
    private var closesAfterReply = false
    private var isReplying = false

    /// - Parameter isSecure: whether the connection is encrypted.
    init(_ limits: FrontLimits, isSecure: Bool, connection: ConnectionGuard) {
        self.limits = limits
        scheme = isSecure ? "https" : "http"
        self.connection = connection
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            do throws(ContractError) {
                let request = try request(of: head)
                isReceiving = true
                context.fireChannelRead(wrapInboundOut(.head(request)))
            } catch {
                isBroken = true
                context.fireErrorCaught(error)
            }
        case .body(let bytes):
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end(let trailers):
            isReceiving = false
            context.fireChannelRead(wrapInboundOut(.end(trailers.map { HTTPFields($0, splitCookie: false) })))
        }
    }

    private func request(of head: HTTPRequestHead) throws(ContractError) -> HTTPRequest {
        guard head.uri.utf8.count <= limits.maximumURIBytes else { throw .uriTooLong(limits) }
        var hosts = 0
        var codings = 0
        var upgrades = head.method == .CONNECT
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host": hosts += 1
            case 7 where name.lowercased() == "upgrade": upgrades = true
            case 17 where name.lowercased() == "transfer-encoding":
                codings += 1
                guard value.lowercased() == "chunked", codings == 1 else { throw .unknownTransferCoding }
            default: break
            }
        }
        let isHTTP10 = head.version.minor == 0
        guard hosts < 2, hosts == 1 || isHTTP10 else { throw .malformed("A request has exactly one Host") }
        guard codings == 0 || !isHTTP10 else { throw .malformed("HTTP/1.0 has no transfer codings") }
        guard let method = try? HTTPRequest.Method(head.method) else {
            throw .malformed("The method is not one of HTTP")
        }
        let target = Self.target(of: head.uri)
        // The decoder reads nothing after a request for another protocol; none is offered, so its reply is the last.
        unanswered.append(
            Asked(isHTTP10: isHTTP10, isHead: method == .head, keepsAlive: head.isKeepAlive && !upgrades))
        return HTTPRequest(
            method: method, scheme: scheme, authority: target.authority ?? head.headers.first(name: "host"),
            path: target.path, headerFields: HTTPFields(head.headers, splitCookie: false))
    }

    /// The path with its query, and the host of a target that names one, as requests to proxies do: it counts, not `Host`.
    private static func target(of uri: String) -> (authority: String?, path: String) {
        guard uri.utf8.first != UInt8(ascii: "/"), let scheme = uri.firstRange(of: "://") else { return (nil, uri) }
        let rest = uri[scheme.upperBound...]
        guard let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return (String(rest), "/") }
        let path = rest[end...]
        return (String(rest[..<end]), path.hasPrefix("/") ? String(path) : "/" + path)
    }

    // MARK: Replies

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let response):
            context.write(wrapOutboundOut(.head(head(of: response))), promise: promise)
        case .body(let bytes):
            context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end(let trailers):
            isReplying = false
            if !unanswered.isEmpty { unanswered.removeFirst() }
            guard closesAfterReply else {
                context.write(wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: promise)
                return
            }
            if isReceiving || isBroken { connection.lingerAtClose() }
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            context.write(wrapOutboundOut(.end(trailers.map(HTTPHeaders.init))), promise: written)
        }
    }

    /// Frames the reply, and says whether the connection goes on after it.
    private func head(of response: HTTPResponse) -> HTTPResponseHead {
        var head = HTTPResponseHead(response)
        guard response.status.kind != .informational else { return head }
        isReplying = true
        let asked = unanswered.first
        var ends = isQuiescing || asked?.keepsAlive == false || head.headers.first(name: "connection") == "close"
        if asked?.isHTTP10 == true { head.version = .http1_0 }
        let mayHaveBody = response.status != .noContent && response.status != .notModified
        if !mayHaveBody {
            head.headers.remove(name: "content-length")
        } else if !head.headers.contains(name: "content-length"), asked?.isHead != true {
            // What has no length is sent in chunks, and before HTTP/1.1 it ends with the connection.
            if asked?.isHTTP10 == true {
                ends = true
            } else {
                head.headers.add(name: "transfer-encoding", value: "chunked")
            }
        }
        if ends {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        } else if asked?.isHTTP10 == true {
            head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        closesAfterReply = closesAfterReply || ends
        return head
    }

    // MARK: The end of the server

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        if unanswered.isEmpty, !isReplying {
            context.close(promise: nil)
        } else if isReplying {
            closesAfterReply = true
        }
    }
}
