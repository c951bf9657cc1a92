import ArgumentParser
import Knowledge

extension Tenant {
    static func parsed(from argument: String) throws -> Tenant {
        guard let tenant = Tenant(argument) else {
            throw ValidationError("a tenant is 1 to \(maximumNameLength) of a-z, 0-9, - and _, a letter or digit first")
        }
        return tenant
    }
}
