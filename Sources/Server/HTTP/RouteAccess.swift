package import Knowledge

/// Who may call a route, when keys are required.
package enum RouteAccess: Sendable, Hashable {
    /// Whoever reaches the server, without a key.
    case anyone
    case holder(of: Role)

    package static let reader = RouteAccess.holder(of: .reader)
    package static let writer = RouteAccess.holder(of: .writer)
    package static let admin = RouteAccess.holder(of: .admin)
    package static let `operator` = RouteAccess.holder(of: .operator)

    func check(_ caller: Caller) throws(ContractError) {
        guard case .holder(let role) = self, !caller.roles.contains(role) else { return }
        throw .roleMissing
    }
}
