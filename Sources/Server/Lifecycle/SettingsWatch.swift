import Knowledge
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Reads the configuration file again when it has changed, looked at every second, and when SIGHUP asks for it.
struct SettingsWatch: Service {
    static let interval = Duration.seconds(1)

    let source: SettingsSource?
    let change: SettingsChange
    /// Off where several servers share a process.
    let listensToSignals: Bool

    func run() async throws {
        guard let source, source.path != nil else {
            // A service that ends would end the server.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await poll(source) }
                if listensToSignals { group.addTask { await listen(source) } }
                await group.waitForAll()
            }
        }
    }

    private func poll(_ source: SettingsSource) async {
        var seen = await Self.mark(source.path)
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            let now = await Self.mark(source.path)
            guard now != seen, !Task.isCancelled else { continue }
            seen = now
            await read(source)
        }
    }

    private func listen(_ source: SettingsSource) async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            guard !Task.isCancelled else { return }
            await read(source)
        }
    }

    private func read(_ source: SettingsSource) async {
        do {
            let file = try await NIOThreadPool.singleton.runIfActive { try source.file() }
            change.take(.success(file))
        } catch {
            change.take(.failure(error))
        }
    }

    /// `nil` for a file that is gone.
    private static func mark(_ path: String?) async -> FileMark? {
        guard let path else { return nil }
        return try? await NIOThreadPool.singleton.runIfActive { try FileMark(path: path) }
    }
}
