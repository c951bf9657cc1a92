import HTTPTypes

extension Operation {
    /// The change of the key that texts are sealed by.
    static var rekeying: [Operation] {
        let state = JSONSchema.object([
            .init("key", .text("The id of the key that seals from now on.", pattern: "^[0-9a-f]{16}$")),
            .init("under_way", .flag("Whether there is anything left to seal anew.")),
            .optional("recoding", SystemSchemas.recoding),
        ])
        return [
            Operation(
                method: .post, path: "/admin/rekey", id: "rekey", tag: .administration, summary: "Change the key",
                meaning:
                    "Reads ENCRYPTION_KEY_FILE again and seals everything by its first key, while the server goes on.",
                replies: [
                    Reply(200, "There was nothing to do.", [.json(state)]),
                    Reply(202, "It goes on in the background; see /health.", [.json(state)]),
                ],
                refusals: [400, 409])
        ]
    }
}
