import HTTPTypes
import HummingbirdCore
import Logging

/// What stands between a socket and the routes, as the settings have it.
struct Front: Sendable {
    let limits: FrontLimits
    let figures: FrontFigures
    /// `nil` where connections are not encrypted.
    let certificate: Certificate?
    let crossOrigin: CrossOriginPolicy
    let security: SecurityFields

    init(_ settings: Settings, limits: FrontLimits, logger: Logger) throws(StartError) {
        var limits = limits
        limits.idleTimeout = min(limits.idleTimeout, settings.idleTimeout)
        self.limits = limits
        figures = FrontFigures(capacity: FileDescriptors.connections(wanted: settings.maximumConnections, logger))
        certificate = try settings.tls.map { files throws(StartError) in try Certificate(files) }
        crossOrigin = CrossOriginPolicy(settings.corsOrigins)
        security = SecurityFields(isSecure: settings.tls != nil)
    }

    /// What every reply has that no route has seen.
    var replyFields: HTTPFields {
        var fields = security.fields
        crossOrigin.add(to: &fields, origin: nil)
        return fields
    }

    var builder: HTTPServerBuilder {
        HTTPServerBuilder { responder in FrontChannel(self, responder: responder) }
    }
}
