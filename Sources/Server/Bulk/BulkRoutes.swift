import Access
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore

/// `POST /knowledge/bulk`: a stream of items in, a stream of what failed out.
struct BulkRoutes: Sendable {
    let parts: ServerParts

    static let onError = ChoiceField(name: "on_error", meaning: "", standard: BulkRun.OnError.continue)

    func register(in routes: inout Routes) {
        routes.on(.post, "/knowledge/bulk", for: .writer, take)
    }

    @Sendable private func take(_ request: Request, _ context: CallContext) async throws -> Response {
        guard let type = request.headers[.contentType], MediaTypes.isNDJSON(type) else {
            throw ContractError.wrongMediaType(wanted: MediaTypes.ndjson)
        }
        var query = QueryReader(request)
        let onError = query.read(Self.onError) ?? .continue
        try query.check()

        let body = request.body
        let run = BulkRun(ingest: parts.ingest, onError: onError, logger: parts.logger)
        return Response(
            status: .ok, headers: [.contentType: MediaTypes.ndjson],
            body: ResponseBody { writer in
                var run = run
                var isAudited = false
                let queue = LineQueue()
                async let _: Void = Self.read(body, into: queue)
                do {
                    try await store(queue, by: &run, onError, for: context.caller, reportingTo: &writer)
                    try await audit(run, context)
                    isAudited = true
                    try await writer.write(ByteBuffer(bytes: run.summary()))
                } catch {
                    // What was stored before it broke off stays stored.
                    if !isAudited { try? await audit(run, context) }
                    // The reader may be waiting for room that nobody will make.
                    await queue.finish()
                    throw error
                }
                await queue.finish()
                // The reply ends here even if the client, told to stop, has not ended its side: leaving cancels
                // the reader.
                try await writer.finish(nil)
            })
    }

    /// Stores batch by batch to the end of the queue or until the run is stopped; the next one is prepared meanwhile.
    private func store(
        _ queue: LineQueue, by run: inout BulkRun, _ onError: BulkRun.OnError, for caller: Caller,
        reportingTo writer: inout any ResponseBodyWriter
    ) async throws {
        let ingest = parts.ingest
        @Sendable func take() async throws -> BulkBatch? {
            guard let lines = try await queue.take(upTo: BulkRun.batchSize, bytes: BulkRun.batchBytes) else {
                return nil
            }
            return await BulkBatch(lines, onError: onError, ingest: ingest, caller: caller)
        }
        var ready = try await take()
        while let batch = ready {
            async let next = take()
            do {
                let report = await run.store(batch)
                if !report.isEmpty { try await writer.write(ByteBuffer(bytes: report)) }
            } catch {
                // To leave is to wait for the next batch, and its lines may never come.
                await queue.finish()
                throw error
            }
            guard !run.isStopped else { return await queue.finish() }
            ready = try await next
        }
    }

    private func audit(_ run: BulkRun, _ context: CallContext) async throws(ContractError) {
        guard case let details = run.auditDetails, !details.isEmpty else { return }
        try await parts.audit(context, .knowledgeBulk, nil, details)
    }

    /// Reads to the end of the body or until nobody takes its lines any more.
    private static func read(_ body: RequestBody, into queue: LineQueue) async {
        var splitter = LineSplitter()
        do {
            for try await chunk in body {
                let lines = splitter.lines(in: chunk)
                guard !lines.isEmpty else { continue }
                guard await queue.put(lines) else { return }
            }
            if let last = splitter.lastLine() { _ = await queue.put([last]) }
            await queue.finish()
        } catch {
            await queue.finish(throwing: error)
        }
    }
}
