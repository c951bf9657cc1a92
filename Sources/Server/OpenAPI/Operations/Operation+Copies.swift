import HTTPTypes
import Knowledge

extension Operation {
    /// Backups, and the care of the store.
    static var copies: [Operation] {
        [
            Operation(
                method: .post, path: "/admin/backup", id: "makeBackup", tag: .administration, summary: "Back up",
                meaning: "Writes a backup while the server goes on; old ones beyond what is kept are deleted.",
                replies: [Reply(200, "The backup.", [.json(.object(backup + [expired]))]), goesOn], refusals: [409]),
            Operation(
                method: .get, path: "/admin/backups", id: "listBackups", tag: .administration, summary: "List backups",
                meaning: "The backups there are, what is under way, and what came of the last of each kind.",
                replies: [
                    Reply(
                        200, "The backups.",
                        [
                            .json(
                                .object([
                                    .init("backups", .list(of: .object(backup))),
                                    .init("running", JSONSchema.object(piece).orNull),
                                    .init("last", .table("By kind.", of: .object(piece))),
                                ]))
                        ])
                ],
                refusals: [400]),
            Operation(
                method: .post, path: "/admin/verify", id: "verify", tag: .administration,
                summary: "Check the store, or a backup",
                meaning: "Reads the store whole; with a name, rehearses the restore of that backup.",
                body: Body(
                    "Which backup; none for the store itself.", isRequired: false,
                    [
                        .json(
                            .object([AdminRoutes.backupField.property]), [("sample", "{}")])
                    ]),
                replies: [Reply(200, "What was found.", [.json(.object(verified))]), goesOn],
                refusals: [400, 404, 409]),
            Operation(
                method: .post, path: "/admin/compact", id: "compact", tag: .administration, summary: "Give space back",
                meaning: "Rewrites what is stored without what is dead.",
                replies: [Reply(200, "Done.", [.json(.object(compacted))]), goesOn], refusals: [409]),
        ]
    }

    private static let count = JSONSchema.whole(in: 0...Int.max)

    private static let backup: [JSONSchema.Property] = [
        .init("name", .text()), .init("created_at", .text(format: "date-time")), .init("bytes", count),
        .init("readable", .flag("Whether this version can read it.")), .optional("items", count),
        .optional("change_number", count), .optional("schema", count), .optional("store_id", .text()),
        .optional("sealed", .flag("Whether a key is needed.")), .optional("made_by", .text()),
    ]

    private static let expired = JSONSchema.Property.optional("expired", .list("Names of those deleted.", of: .text()))

    private static let verified: [JSONSchema.Property] = [
        .init("ok", .flag()), .init("items", count), .init("change_number", count), .optional("backup", .text()),
        .optional("schema", count), .optional("damaged_vectors", count), .optional("problems", .list(of: .text())),
    ]

    private static let compacted: [JSONSchema.Property] = [
        .init("bytes_before", count), .init("bytes_after", count), .init("bytes_freed", count),
    ]

    /// Work that was begun, with what it came to.
    private static let piece: [JSONSchema.Property] = {
        var piece: [JSONSchema.Property] = [
            .init("kind", .text()), .init("started_at", .text(format: "date-time")),
            .optional("ended_at", .text(format: "date-time")), .optional("status", .word("", ["done", "failed"])),
            .optional("reason", .text()), .optional("step", .text()), .optional("done_bytes", count),
            .optional("total_bytes", count), expired,
        ]
        for property in backup + verified + compacted where !piece.contains(where: { $0.name == property.name }) {
            piece.append(.optional(property.name, property.schema))
        }
        return piece
    }()

    private static let goesOn = Reply(
        202, "It takes longer, and goes on.", [.json(.object([.init("status", .text()), .init("message", .text())]))])
}
