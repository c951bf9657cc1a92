import HTTPTypes
import Knowledge

extension Operation {
    static var system: [Operation] { [front, info, performance, metrics] + health + description + assets }

    private static var front: Operation {
        Operation(
            method: .get, path: "", id: "getService", tag: .system, summary: "What this is",
            meaning: "The service, what it can do, and where. A browser that asks `/` for HTML gets the dashboard.",
            replies: [
                Reply(
                    200, "The service.",
                    [
                        .json(SystemSchemas.service, [("sample", ExampleBodies.service)]),
                        .other("text/html", .anything),
                    ]), sameFile,
            ])
    }

    private static var info: Operation {
        Operation(
            method: .get, path: "/system/info", id: "getSystemInfo", tag: .system,
            summary: "What is running", meaning: "Parts, sizes, and by what the router decides.",
            replies: [Reply(200, "The system.", [.json(SystemSchemas.info)])])
    }

    private static var performance: Operation {
        Operation(
            method: .get, path: "/performance", id: "getPerformance", tag: .system,
            summary: "How fast it is",
            meaning: "Where questions were answered, how fast, and what to change; all measured since the start.",
            replies: [
                Reply(
                    200, "The figures.", [.json(SystemSchemas.performance, [("sample", ExampleBodies.performance)])])
            ])
    }

    private static var metrics: Operation {
        Operation(
            method: .get, path: "/metrics", id: "getMetrics", tag: .system,
            summary: "Metrics for Prometheus",
            meaning: "Text of Prometheus 0.0.4, or OpenMetrics where `Accept` asks for it.",
            replies: [
                Reply(
                    200, "The metrics.",
                    [.other("text/plain", .text()), .other("application/openmetrics-text", .text())])
            ])
    }

    private static var health: [Operation] {
        let state = JSONSchema.object([.init("status", .text())])
        return [
            Operation(
                method: .get, path: "/health", id: "getHealth", tag: .system,
                summary: "How the parts are",
                meaning:
                    "Asks every part to do something small now. Degraded: answers are right, but slower or not kept.",
                replies: [
                    Reply(
                        200, "Healthy or degraded.", [.json(.named(.health), [("sample", ExampleBodies.health)])]),
                    Reply(
                        503, "Unhealthy; or the error of a server that lets nobody in.",
                        [.json(.any("", of: [.named(.health), .named(.error)]))]),
                ]),
            Operation(
                method: .get, path: "/health/live", id: "isLive", tag: .system, summary: "Is it alive",
                meaning: "For probes: the process answers.",
                replies: [Reply(200, "It is.", [.json(state, [("sample", #"{"status":"live"}"#)])])]),
            Operation(
                method: .get, path: "/health/ready", id: "isReady", tag: .system, summary: "Is it ready",
                meaning:
                    "For probes: the index is loaded, the knowledge can be read, and the server is not on its way out.",
                replies: [Reply(200, "It is.", [.json(state, [("sample", #"{"status":"ready"}"#)])])]),
        ]
    }

    private static let sameFile = Reply(304, "The browser has it already: `If-None-Match` named its `ETag`.", [])

    private static func file(_ path: String, _ id: String, _ mediaType: String, _ summary: String) -> Operation {
        Operation(
            method: .get, path: path, id: id, tag: .system, summary: summary,
            meaning: "A file that is part of the server; there are no data in it.",
            replies: [Reply(200, "The file.", [.other(MediaTypes.essence(mediaType), .anything)]), sameFile])
    }

    /// What pages are made of.
    private static var assets: [Operation] {
        StaticAsset.all.map { asset in
            file(
                AssetRoutes.prefix + asset.name, "asset_" + asset.name.replacing(".", with: "_"), asset.mediaType,
                "A file of the pages")
        }
    }

    private static var description: [Operation] {
        return [
            Operation(
                method: .get, path: "/openapi.json", id: "getOpenAPI", tag: .system,
                summary: "This description",
                meaning: "The interface as an OpenAPI \(OpenAPIDocument.version) document.",
                replies: [
                    Reply(
                        200, "The document.",
                        [
                            .json(
                                .object([
                                    .init("openapi", .text()), .init("info", .table(of: .anything)),
                                    .init("paths", .table(of: .anything)),
                                ]).with("additionalProperties", true))
                        ])
                ]),
            file("/docs", "getDocs", "text/html", "Documentation to read and try"),
        ]
    }

    static var training: [Operation] {
        let id = Parameter.path("id", "Any.", .text(characters: 1...Int.max))
        let nothing = "Not there yet: answers 501 whatever is sent."
        return [
            Operation(
                method: .post, path: "/train", id: "train", tag: .training, summary: "Train",
                meaning: nothing, replies: [], refusals: [501]),
            Operation(
                method: .get, path: "/train/{id}", id: "getTraining", tag: .training,
                summary: "Look at a training", meaning: nothing, parameters: [id], replies: [], refusals: [501]),
        ]
    }
}
