import Hummingbird

/// `GET /assets/…`: what the dashboard's page is made of. Open to everyone, for there are no data in it.
struct AssetRoutes: Sendable {
    static let prefix = "/assets/"

    func register(in routes: inout Routes) {
        for asset in StaticAsset.all {
            routes.atRoot(.get, Self.prefix + asset.name, for: .anyone) { request, _ in asset.response(to: request) }
        }
    }
}
