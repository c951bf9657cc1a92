import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension ThermoclineClient {
    /// A reply with a status of 2xx, read whole.
    struct Reply: Sendable {
        let status: Int
        let requestID: String?
        let body: [UInt8]

        func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(ClientError) -> Value {
            try APICoding.value(from: body, requestID: requestID)
        }
    }

    /// Of an error's body; ours are far smaller.
    private static let maximumRefusalBytes = 1 << 20

    /// Sends a call, again where it may and has to be, and reads the reply.
    func send(_ call: Call, within allowance: Duration? = nil) async throws(ClientError) -> Reply {
        try await repeating(call, httpRequest(call), within: allowance ?? options.deadline) { response in
            let body = try await response.body.collect(upTo: Self.maximumReplyBytes)
            // A reader that is cancelled sees an end like any other.
            try Task.checkCancellation()
            return Reply(
                status: Int(response.status.code), requestID: response.headers.first(name: "x-request-id"),
                body: Array(body.readableBytesView))
        }
    }

    /// The same for a reply whose body is read as it comes: the deadline is for its beginning.
    ///
    /// - Parameter body: sent as it comes, in place of the call's own; such a call is never repeated.
    func open(
        _ call: Call, body: HTTPClientRequest.Body? = nil, within allowance: Duration? = nil
    ) async throws(ClientError) -> HTTPClientResponse {
        var request = httpRequest(call)
        if let body { request.body = body }
        return try await repeating(call, request, within: allowance ?? options.deadline) { $0 }
    }

    private func repeating<Result: Sendable>(
        _ call: Call, _ request: HTTPClientRequest, within allowance: Duration,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Result
    ) async throws(ClientError) -> Result {
        let deadline = ContinuousClock.now + allowance
        let policy = RetryPolicy(options)
        var attempt = 1
        while true {
            let failure: ClientError
            do throws(ClientError) {
                return try await exchange(request, attempt, until: deadline, read)
            } catch {
                failure = error
            }
            guard call.mayRepeat(after: failure),
                let pause = policy.pause(
                    after: attempt, retryAfter: failure.refusal?.retryAfter, left: deadline - .now,
                    jitter: .random(in: 0...1))
            else { throw failure }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw .cancelled
            }
            attempt += 1
        }
    }

    /// One attempt. The library's own deadline ends with the head of a reply; this one covers what is read, too.
    private func exchange<Result: Sendable>(
        _ request: HTTPClientRequest, _ attempt: Int, until deadline: ContinuousClock.Instant,
        _ read: @escaping @Sendable (HTTPClientResponse) async throws -> Result
    ) async throws(ClientError) -> Result {
        do {
            return try await withThrowingTaskGroup(of: Result.self) { group in
                group.addTask { [http] in
                    let response = try await http.execute(request, deadline: .distantFuture)
                    guard (200..<300).contains(response.status.code) else {
                        let body = try? await response.body.collect(upTo: Self.maximumRefusalBytes)
                        throw ClientError.refused(
                            Refusal(
                                status: response.status, headers: response.headers,
                                body: body.map { Array($0.readableBytesView) } ?? [], attempt: attempt))
                    }
                    return try await read(response)
                }
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    throw ClientError.deadlineExceeded
                }
                defer { group.cancelAll() }
                guard let result = try await group.next() else { throw ClientError.cancelled }
                return result
            }
        } catch {
            throw ClientError(error)
        }
    }
}

extension ClientError {
    /// What an error of the layers below means for a call.
    init(_ error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError where error == .cancelled || error == .alreadyShutdown: self = .cancelled
        case is NIOTooManyBytesError: self = .badReply(reason: "it is larger than any of this API", requestID: nil)
        case is HTTPParserError: self = .badReply(reason: "it is no HTTP", requestID: nil)
        default: self = .unreachable(reason: "\(error)")
        }
    }
}
