import HTTPTypes
import Knowledge

extension Operation {
    static var administration: [Operation] { keys + audit + copies + rekeying }

    private static let tenantPattern = "^[a-z0-9][a-z0-9_-]{0,\(Tenant.maximumNameLength - 1)}$"
    private static let roles = Role.allCases.map(\.rawValue)

    private static let key: [JSONSchema.Property] = [
        .init("id", .text()), .init("tenant", .text(pattern: tenantPattern)), .init("role", .word("", roles)),
        .init("name", .text()), .init("created_at", .text(format: "date-time")),
        .init("revoked_at", JSONSchema.text(format: "date-time").orNull),
    ]

    private static func limit(_ maximum: Int, _ standard: Int) -> Parameter {
        .query(
            WholeNumberField(name: "limit", meaning: "", range: 1...maximum, standard: standard), "Entries of a page.")
    }

    private static let tenant = Parameter.query(
        TextField(
            name: "tenant", meaning: "", mayBeBlank: true, maximumCharacters: Tenant.maximumNameLength,
            pattern: "^([a-z0-9][a-z0-9_-]*)?$"), "Only of this tenant; others than the own are for operators.")

    private static func page(of element: JSONSchema) -> JSONSchema {
        .object([
            .init("items", .list(of: element)), .init("next_cursor", JSONSchema.text().orNull),
            .init("limit", .whole()),
        ])
    }

    private static var keys: [Operation] {
        let id = Parameter.path("id", "Of the key.", JSONSchema.text(characters: 1...64))
        let wanted = JSONSchema.object([
            .init("role", .word("What it may do.", roles)),
            .optional("name", JSONSchema.text("For people.").orNull),
            .optional(
                "tenant", JSONSchema.text("The caller's own where it is left out.", pattern: tenantPattern).orNull),
        ])
        return [
            Operation(
                method: .post, path: "/admin/keys", id: "createKey", tag: .administration, summary: "Make a key",
                meaning:
                    "The key is in this reply and never again. Nobody gives a role or tenant that it does not have.",
                body: Body(
                    "Whose it is, and what it may.",
                    [.json(wanted, [("sample", #"{"role": "reader", "name": "chat bot"}"#)])]),
                replies: [
                    Reply(
                        201, "The key.",
                        [.json(.object([.init("key", .text("Keep it."))] + key + [.init("message", .text())]))])
                ]),
            Operation(
                method: .get, path: "/admin/keys", id: "listKeys", tag: .administration, summary: "List keys",
                meaning: "Without what opens the door: keys are kept as digests.",
                parameters: [
                    limit(200, 50), tenant,
                    .query(
                        TextField(name: "cursor", meaning: "", mayBeBlank: true), "`next_cursor` of the page before."),
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

    private static var audit: [Operation] {
        [
            Operation(
                method: .get, path: "/admin/audit", id: "listAudit", tag: .administration,
                summary: "Who did what", meaning: "Lines of the audit log, the newest first.",
                parameters: [
                    limit(1_000, 100), tenant,
                    .query(
                        WholeNumberField(name: "cursor", meaning: "", range: 1...Int.max),
                        "`next_cursor` of the page before."),
                ],
                replies: [Reply(200, "A page.", [.json(page(of: .table("A line.", of: .anything)))])]),
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
