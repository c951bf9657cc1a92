import NIOHTTP1

extension ThermoclineClient {
    /// Stores an item; one with the same issue is replaced. Sent twice for want of a reply, it counts as replaced.
    public func put(_ draft: ItemDraft) async throws(ClientError) -> StoredItem {
        let call = Call(.POST, "/knowledge", repetition: .afterAnyFailure)
        return try await store(call, draft)
    }

    public func item(_ id: String) async throws(ClientError) -> Item {
        try await send(Call(.GET, Self.path(of: id), repetition: .afterAnyFailure)).decoded()
    }

    /// Replaces an item's content.
    ///
    /// - Parameter version: the one that it must have (`If-Match`), else the server refuses with 409; `nil` for any.
    public func replace(
        _ id: String, with draft: ItemDraft, ifVersion version: Int? = nil
    ) async throws(ClientError) -> StoredItem {
        try await store(Self.call(.PUT, id, version), draft)
    }

    /// Changes single fields of an item; `version` as for `replace`.
    public func change(
        _ id: String, _ changes: ItemChanges, ifVersion version: Int? = nil
    ) async throws(ClientError) -> StoredItem {
        try await store(Self.call(.PATCH, id, version), changes)
    }

    /// Deletes an item; `version` as for `replace`.
    public func delete(_ id: String, ifVersion version: Int? = nil) async throws(ClientError) {
        do throws(ClientError) {
            _ = try await send(Self.call(.DELETE, id, version))
        } catch {
            // What an attempt before has deleted is not there any more.
            guard version == nil, let refusal = error.refusal, refusal.status == 404, refusal.attempt > 1 else {
                throw error
            }
        }
    }

    /// Items in a stable order, a page of them.
    ///
    /// - Parameters:
    ///   - cursor: the `nextCursor` of the page before; `nil` for the first page.
    ///   - limit: items at most; `nil` leaves it to the server.
    ///   - text: only items that have its words.
    public func items(
        after cursor: String? = nil, limit: Int? = nil, category: String? = nil, tag: String? = nil,
        text: String? = nil
    ) async throws(ClientError) -> ItemPage {
        let call = Call(
            .GET, "/knowledge",
            query: [
                ("cursor", cursor), ("limit", limit.map(String.init)), ("category", category), ("tag", tag),
                ("q", text),
            ], repetition: .afterAnyFailure)
        return try await send(call).decoded()
    }

    private func store(_ call: Call, _ body: some Encodable & Sendable) async throws(ClientError) -> StoredItem {
        let reply = try await send(call.sending(try APICoding.json(of: body), as: Call.json))
        let form = try reply.decoded(as: StoredForm.self)
        return StoredItem(id: form.id, version: form.version, isNew: reply.status == 201)
    }

    private struct StoredForm: Decodable {
        let id: String
        let version: Int
    }

    private static func path(of id: String) -> String { "/knowledge/" + Call.escaped(id) }

    /// A write of one item. One that asks for a version does not find it again after its own success.
    private static func call(_ method: HTTPMethod, _ id: String, _ version: Int?) -> Call {
        guard let version else { return Call(method, path(of: id), repetition: .afterAnyFailure) }
        var call = Call(method, path(of: id), repetition: .afterRefusal)
        call.headers.append(("if-match", "\"\(version)\""))
        return call
    }
}
