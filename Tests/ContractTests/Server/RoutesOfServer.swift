import Foundation
import HTTPTypes
import Server
import TestSupport

/// Every route of a server as it is registered, so that a test over routes cannot forget a new one.
enum RoutesOfServer {
    struct Route: Sendable {
        let method: String
        /// With something in place of what varies.
        let path: String
        let access: RouteAccess
    }

    static func all() async throws -> [Route] {
        let directory = try TemporaryDirectory()
        let store = try await OpenStore(
            Settings(environment: ["DATA_DIR": directory.path, "REDIS_URL": "off", "MODEL_PATH": "/nowhere"]))
        let routes = store.routes.routes.map { route in
            Route(
                method: route.method.rawValue, path: route.pattern.replacing(/\{\w+\}/, with: "7"), access: route.access
            )
        }
        await store.close()
        return routes
    }
}
