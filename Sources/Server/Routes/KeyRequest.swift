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
        let roleName = fields.requiredText("role")
        let role = roleName.flatMap { Role(rawValue: $0) }
        if let roleName, role == nil {
            fields.note(
                FieldViolation(
                    "literal_error", at: fields.location("role"),
                    "Input should be " + Role.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "),
                    input: .string(roleName)))
        }
        name = fields.text("name", maximum: KeyRecord.maximumNameLength) ?? ""
        let tenantName = fields.text("tenant")
        let tenant = tenantName.map { Tenant($0) } ?? caller.tenant
        if let tenantName, tenant == nil {
            fields.note(
                FieldViolation(
                    "value_error", at: fields.location("tenant"),
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
