import Access
import ColdTier
import Foundation
import Hummingbird
import HummingbirdCore
import Knowledge
public import Logging
import NIOCore
public import Pipeline
import ServiceLifecycle
import UnixSignals

/// The server: opens the tiers, answers requests, and closes everything in order when told to.
public enum ThermoclineServer {
    /// Of this program.
    public static let version = Wording.version

    /// After requests had their time to end, connections have this long to close before they are cut.
    private static let closingAllowance = Duration.seconds(5)

    /// Serves until SIGINT or SIGTERM, or until the task is cancelled; then ends what is in flight and returns.
    ///
    /// - Parameters:
    ///   - sources: what the settings were read from, to be read again when the file changes; `nil` where they stay.
    ///   - loadEncoder: makes the encoder; `nil` for the model that the settings name.
    ///   - frontLimits: of connections.
    ///   - stopsOnSignals: whether SIGINT and SIGTERM end it; off where several servers share a process.
    ///   - onListening: called once requests are answered, with where. The port is the real one when `PORT` is 0.
    /// - Throws: `StartError` when it cannot start.
    public static func run(
        _ settings: Settings, sources: LoadedSettings? = nil, loadEncoder: EncoderSlot.Load? = nil,
        frontLimits: FrontLimits = FrontLimits(), logger: Logger? = nil, stopsOnSignals: Bool = true,
        onListening: @escaping @Sendable (ServerFile) -> Void = { _ in }
    ) async throws {
        let log = logger == nil ? ServerLog(settings) : nil
        let logger = logger ?? log?.logger ?? Logger(label: Wording.service)
        let outcome: Result<Void, any Error>
        do {
            let parts = try await ServerParts.open(
                settings, sources: sources, loadEncoder: loadEncoder, frontLimits: frontLimits, logger: logger,
                log: log)
            try await serve(parts, stopsOnSignals: stopsOnSignals, onListening: onListening)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await log?.close()
        try outcome.get()
    }

    private static func serve(
        _ parts: ServerParts, stopsOnSignals: Bool, onListening: @escaping @Sendable (ServerFile) -> Void
    ) async throws {
        let settings = parts.settings
        let logger = parts.logger
        try await prepareKeys(parts)
        parts.access.audit.note([
            AuditEntry(
                at: parts.stack.time.now(), tenant: nil, subject: "server", action: .serverStart,
                details: [.init("version", version), .init("keys_required", "\(settings.requiresKeys)")])
        ])
        await parts.snapshots.restore()
        let place = ListeningPlace(
            settings, storeID: parts.stack.cold.storeID, logger: logger, onListening: onListening)
        let group = ServiceGroup(
            configuration: configuration(parts, place, stopsOnSignals: stopsOnSignals, logger: logger))
        // A task of its own, for being cancelled is to end it as gently as a signal does.
        let running = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await running.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch {
            guard parts.inFlight.isClosed else {
                place.leave()
                await parts.close()
                throw startError(error, settings)
            }
            // Cutting off what did not end in time is how a shutdown may end.
            logger.debug("The shutdown ended with \(error)")
        }
        place.leave()
        await parts.snapshots.save()
        await parts.close()
        logger.notice("Stopped")
    }

    /// Where keys are required and there has never been one, makes the first.
    private static func prepareKeys(_ parts: ServerParts) async throws {
        guard parts.settings.requiresKeys else { return }
        do {
            if let path = try await parts.access.store.createFirstKey(at: parts.stack.time.now()) {
                parts.logger.notice("An operator's key is in \(path): keep it, and create others with it")
            }
        } catch {
            await parts.close()
            throw StartError.failed("\(error)")
        }
    }

    /// Services stop in the reverse of this order: requests first, then connections, then what runs beside them.
    private static func configuration(
        _ parts: ServerParts, _ place: ListeningPlace, stopsOnSignals: Bool, logger: Logger
    ) -> ServiceGroupConfiguration {
        var quiet = logger
        // Below this the frameworks tell of every start and stop of theirs.
        quiet.logLevel = max(logger.logLevel, .warning)
        var configuration = ServiceGroupConfiguration(
            services: (parts.spans.map { [$0] } ?? []) + [
                parts.sampler,
                parts.tenantSampler,
                parts.history,
                parts.healthWatch,
                EncoderWatch(
                    encoder: parts.stack.encoder, cold: parts.stack.cold, ingest: parts.ingest,
                    prepare: { try await ServerParts.prepare($0, for: parts.stack.cold, parts.settings) },
                    place: parts.encoderPlace, logger: logger),
                EncoderChange(reembedding: parts.reembedding, logger: logger),
                parts.keyChange,
                SnapshotSchedule(snapshots: parts.snapshots, interval: parts.settings.snapshotInterval),
                AccessUpkeep(
                    access: parts.access, retentionDays: parts.settings.access.auditRetentionDays,
                    time: parts.stack.time, logger: logger),
                BackupSchedule(
                    backups: parts.backups, work: parts.adminWork, interval: parts.settings.backupInterval,
                    time: parts.stack.time),
                FeedbackSettlement(cold: parts.stack.cold, time: parts.stack.time, logger: logger),
                SettingsWatch(
                    source: parts.live.sources?.source, change: parts.settingsChange, listensToSignals: stopsOnSignals),
                CertificateWatch(certificate: parts.front.certificate, logger: logger),
                application(parts, place, logger: quiet),
                RequestDrain(inFlight: parts.inFlight, logger: logger),
            ],
            gracefulShutdownSignals: stopsOnSignals ? [.sigint, .sigterm] : [], logger: quiet)
        configuration.maximumGracefulShutdownDuration = RequestDrain.limit + closingAllowance
        return configuration
    }

    private static func application(
        _ parts: ServerParts, _ place: ListeningPlace, logger: Logger
    ) -> some ApplicationProtocol {
        Application(
            router: ServerRoutes.router(parts),
            server: parts.front.builder,
            configuration: ApplicationConfiguration(
                address: .hostname(parts.settings.host, port: parts.settings.port), serverName: Wording.service),
            onServerRunning: { channel in place.enter(port: channel.localAddress?.port) },
            logger: logger)
    }

    private static func startError(_ error: any Error, _ settings: Settings) -> any Error {
        guard let error = error as? IOError else { return error }
        let reason = String(cString: strerror(error.errnoCode))
        return StartError.failed(
            "cannot listen on \(settings.host):\(settings.port) (\(reason)): "
                + "stop what listens there, or set HOST and PORT to another place")
    }
}
