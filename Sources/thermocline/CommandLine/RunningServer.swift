import AsyncHTTPClient
import Import
import Knowledge
import NIOCore
import NIOHTTP1
import Server

/// The server that has a data directory open, spoken to by its HTTP API.
struct RunningServer: Sendable {
    /// A batch of the largest size has to be encoded within this time on a slow machine.
    private static let requestTimeout = TimeAmount.minutes(10)
    private static let probeTimeout = TimeAmount.seconds(10)
    /// An export takes as long as its reader.
    private static let exportTimeout = TimeAmount.hours(24)
    /// Replies are a line for a failed item; a reply to a question is far smaller.
    private static let maximumReplyBytes = 32 * 1024 * 1024

    /// Where it listens, as it has written down.
    let place: ServerFile

    /// - Returns: `nil` when nobody has the directory.
    /// - Throws: `CommandFailure.storeInUse` when someone has it who is no server.
    static func find(dataDirectory: String) async throws -> RunningServer? {
        guard let owner = DataDirectoryOwner.find(dataDirectory) else { return nil }
        // The file outlives a server that is killed: it counts only while that process has the directory's lock.
        guard let place = ServerFile.running(in: dataDirectory), Int(place.pid) == owner else {
            throw CommandFailure.storeInUse(directory: dataDirectory, owner: owner == 0 ? nil : owner)
        }
        return RunningServer(place: place)
    }

    func ask(_ body: [UInt8]) async throws -> [UInt8] {
        try await post("/troubleshoot", body, contentType: "application/json")
    }

    /// In one request: what it acknowledges is durable.
    func put(_ items: [ItemContent], for tenant: Tenant) async throws -> BatchReceipt {
        try checkReachable(tenant)
        let lines = items.ndjson
        let reply = try await post("/knowledge/bulk", lines, contentType: "application/x-ndjson")
        return try BulkReply(ndjson: reply, url: place.url).receipt
    }

    func export(_ tenant: Tenant, _ write: ([UInt8]) throws -> Void) async throws {
        try checkReachable(tenant)
        var request = HTTPClientRequest(url: place.url + "/api/v1/knowledge/export")
        request.headers.add(name: "accept", value: "application/x-ndjson")
        let response = try await execute(request, timeout: Self.exportTimeout)
        do {
            for try await chunk in response.body { try write(Array(buffer: chunk)) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.badReply(url: place.url)
        }
    }

    /// How the server's parts do. An unhealthy server says so with a status of its own.
    func health() async throws -> [PartReport] {
        let response = try await send(HTTPClientRequest(url: place.url + "/api/v1/health"), timeout: Self.probeTimeout)
        let body = try await response.body.collect(upTo: Self.maximumReplyBytes)
        return try PartReport.list(json: Array(buffer: body))
    }

    /// A caller without a key is of the default tenant.
    private func checkReachable(_ tenant: Tenant) throws(CommandFailure) {
        guard tenant == .default else { throw .tenantNeedsStore(tenant: tenant.name, url: place.url) }
    }

    private func post(_ path: String, _ body: [UInt8], contentType: String) async throws -> [UInt8] {
        var request = HTTPClientRequest(url: place.url + "/api/v1" + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: contentType)
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await execute(request, timeout: Self.requestTimeout)
        do {
            return Array(buffer: try await response.body.collect(upTo: Self.maximumReplyBytes))
        } catch {
            throw CommandFailure.badReply(url: place.url)
        }
    }

    /// The beginning of a reply with status 200; throws what the server says in any other.
    private func execute(_ request: HTTPClientRequest, timeout: TimeAmount) async throws -> HTTPClientResponse {
        let response = try await send(request, timeout: timeout)
        guard response.status == .ok else {
            let body = try? await response.body.collect(upTo: Self.maximumReplyBytes)
            throw CommandFailure.serverRefused(
                url: place.url, status: Int(response.status.code),
                message: ErrorReply(json: Array(buffer: body ?? ByteBuffer()))?.message ?? response.status.reasonPhrase)
        }
        return response
    }

    private func send(
        _ request: HTTPClientRequest, timeout: TimeAmount
    ) async throws(CommandFailure) -> HTTPClientResponse {
        do {
            return try await HTTPClient.shared.execute(request, timeout: timeout)
        } catch {
            throw .serverUnreachable(url: place.url, reason: "\(error)")
        }
    }
}
