import Hummingbird
import Pipeline

/// All routes of the server: the table of contents of this folder.
enum ServerRoutes {
    static func router(_ parts: ServerParts) -> Router<CallContext> {
        let routes = all(parts)
        return routes.router(
            behind: [
                ContractBoundary(
                    gate: LocalGate(allowsAnonymous: parts.settings.requiresKeys || parts.settings.allowsAnonymous),
                    inFlight: parts.inFlight, routes: routes.list, metrics: parts.http,
                    crossOrigin: parts.front.crossOrigin, security: parts.front.security, logger: parts.logger),
                RequestTracing(tracer: parts.tracer),
                ReplyCompression(),
                CrossOriginStep(policy: parts.front.crossOrigin, routes: routes.list),
                CompressedBodyStep(),
                FrontPage(),
                Authentication(
                    authenticator: parts.access.authenticator, openPaths: routes.list.openPaths,
                    attempts: parts.access.attempts, trustedProxies: parts.settings.access.trustedProxies,
                    time: parts.stack.time),
            ], parts.limits)
    }

    static func all(_ parts: ServerParts) -> Routes {
        var routes = Routes()
        TroubleshootRoutes(parts: parts).register(in: &routes)
        KnowledgeRoutes(parts: parts).register(in: &routes)
        KnowledgeListRoutes(parts: parts).register(in: &routes)
        BulkRoutes(parts: parts).register(in: &routes)
        FeedbackRoutes(parts: parts).register(in: &routes)
        TiersRoutes(parts: parts).register(in: &routes)
        TierItemsRoutes(parts: parts).register(in: &routes)
        ColdSearchRoutes(parts: parts).register(in: &routes)
        KeptSearchRoutes(parts: parts).register(in: &routes)
        WarmUpRoutes(parts: parts).register(in: &routes)
        TiersAdviceRoutes(parts: parts).register(in: &routes)
        HealthRoutes(parts: parts).register(in: &routes)
        PerformanceRoutes(parts: parts).register(in: &routes)
        HistoryRoutes(parts: parts).register(in: &routes)
        SlowQuestionsRoutes(parts: parts).register(in: &routes)
        TopQuestionsRoutes(parts: parts).register(in: &routes)
        AssetRoutes().register(in: &routes)
        SystemRoutes(parts: parts).register(in: &routes)
        MetricsRoutes(parts: parts).register(in: &routes)
        KeyRoutes(parts: parts).register(in: &routes)
        AuditRoutes(parts: parts).register(in: &routes)
        AdminRoutes(parts: parts).register(in: &routes)
        RekeyRoutes(parts: parts).register(in: &routes)
        TrainRoutes().register(in: &routes)
        // Last, for it describes all the others.
        DescriptionRoutes(parts: parts).register(in: &routes)
        return routes
    }
}
