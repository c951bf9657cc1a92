import HTTPTypes
import Knowledge

extension Operation {
    static var administration: [Operation] { keys + audit + copies + rekeying }

    private static let key: [JSONSchema.Property] = [
        .init("id", .text()), .init("tenant", .text()), .init("role", .word("", Role.allCases.map(\.rawValue))),
        .init("name", .text()), .init("created_at", .text(format: "date-time")),
        .init("revoked_at", JSONSchema.text(format: "date-time").orNull),
    ]

    private static let ofTenant = Parameter.query(
        KeyRoutes.Parameters.tenant, "Only of this tenant; others than the own are for operators.")

    private static func page(of element: JSONSchema) -> JSONSchema {
        .object([
            .init("items", .list(of: element)), .init("next_cursor", JSONSchema.text().orNull),
            .init("limit", .whole()),
        ])
    }

    private static var keys: [Operation] {
        let id = Parameter.path("id", "Of the key.", JSONSchema.text(characters: 1...64))
        return [
            Operation(
                method: .post, path: "/admin/keys", id: "createKey", tag: .administration, summary: "Make a key",
                meaning:
                    "The key is in this reply and never again. Nobody gives a role or tenant that it does not have.",
                body: Body(
                    "Whose it is, and what it may.",
                    [.json(KeyRequest.Fields.schema, [("sample", #"{"role": "reader", "name": "chat bot"}"#)])]),
                replies: [
                    Reply(
                        201, "The key.",
                        [.json(.object([.init("key", .text("Keep it."))] + key + [.init("message", .text())]))])
                ]),
            Operation(
                method: .get, path: "/admin/keys", id: "listKeys", tag: .administration, summary: "List keys",
                meaning: "Without what opens the door: keys are kept as digests.",
                parameters: [
                    .query(KeyRoutes.Parameters.limit, "Keys of a page."), ofTenant,
                    .query(KeyRoutes.Parameters.cursor, "`next_cursor` of the page before."),
                ],
                replies: [Reply(200, "A page.", [.json(page(of: .object(key)))])]),
            Operation(
                method: .delete, path: "/admin/keys/{id}", id: "revokeKey", tag: .administration,
                summary: "Revoke a key", meaning: "From now on it is refused.", parameters: [id],
                replies: [
                    Reply(200, "Revoked.", [.json(.object([.init("id", .text()), .init("message", .text())]))])
                ]),
        ]
    }

    private static let line = JSONSchema.object(
        "A line of the audit log.",
        [
            .init("seq", .whole(in: 1...Int.max)), .init("at", .text(format: "date-time")),
            .init("tenant", JSONSchema.text().orNull), .init("subject", .text("Who.")),
            .init("key_id", JSONSchema.text().orNull), .init("action", .text("Did what.")),
            .init("target", JSONSchema.text("To what.").orNull), .init("request_id", JSONSchema.text().orNull),
            .init("details", .table(of: .any("", of: [.text(), .number()]))),
        ])

    private static var audit: [Operation] {
        [
            Operation(
                method: .get, path: "/admin/audit", id: "listAudit", tag: .administration,
                summary: "Who did what", meaning: "Lines of the audit log, the newest first.",
                parameters: [
                    .query(AuditRoutes.Parameters.limit, "Lines of a page."), ofTenant,
                    .query(AuditRoutes.Parameters.cursor, "`next_cursor` of the page before."),
                ],
                replies: [Reply(200, "A page.", [.json(page(of: line))])]),
            Operation(
                method: .get, path: "/admin/audit/verify", id: "verifyAudit", tag: .administration,
                summary: "Check the audit log", meaning: "Whether the chain of its hashes is whole.",
                replies: [
                    Reply(
                        200, "What was found.",
                        [
                            .json(
                                .object([
                                    .init("intact", .flag()), .init("lines", .whole(in: 0...Int.max)),
                                    .init("first_seq", .whole()), .init("last_seq", .whole()),
                                    .init("last_hash", .text()),
                                    .init(
                                        "first_break",
                                        JSONSchema.object([.init("seq", .whole()), .init("reason", .text())]).orNull),
                                ]))
                        ])
                ]),
        ]
    }
}
