import Access
import Knowledge

/// A key as somebody wants it made.
struct KeyRequest {
    let tenant: Tenant
    let role: Role
    let name: String

    /// Nobody gives what it does not have: an admin no other tenant's keys, and nobody but an operator an operator's.
    init(_ body: [String: JSONValue], by caller: Caller) throws(ContractError) {
        var fields = FieldReader(body)
        let role = fields.read(Fields.role)
        name = fields.read(Fields.name) ?? ""
        let tenantName = fields.read(Fields.tenant)
        let tenant = tenantName.map { Tenant($0) } ?? caller.tenant
        if let tenantName, tenant == nil {
            fields.note(
                FieldViolation(
                    "value_error", at: fields.location(Fields.tenant.name),
                    "Input should be 1 to \(Tenant.maximumNameLength) of a-z, 0-9, - and _, a letter or digit first",
                    input: .string(tenantName)))
        }
        try fields.check()
        guard let role, let tenant else { throw .internal }
        let isOperator = caller.roles.contains(.operator)
        guard isOperator || (tenant == caller.tenant && caller.roles.contains(role)) else { throw .roleMissing }
        self.role = role
        self.tenant = tenant
    }
}

extension KeyRequest {
    enum Fields {
        static let role = ChoiceField<Role>(name: "role", meaning: "What the key may do.", isRequired: true)
        static let name = TextField(
            name: "name", meaning: "For people.", mayBeBlank: true, maximumCharacters: KeyRecord.maximumNameLength,
            example: "chat bot")
        /// As `Tenant` reads names.
        static let tenantPattern = "[a-z0-9][a-z0-9_-]{0,\(Tenant.maximumNameLength - 1)}"
        static let tenant = TextField(
            name: "tenant", meaning: "Whose it is; the caller's own where it is left out.",
            pattern: "^\(tenantPattern)$")

        static let schema = JSONSchema.object([role.property, name.property, tenant.property])
    }
}
