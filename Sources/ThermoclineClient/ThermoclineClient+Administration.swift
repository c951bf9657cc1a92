import NIOHTTP1

/// The care of the installation: for operators.
extension ThermoclineClient {
    /// The server replies after ten seconds at most, whether it is done or not.
    private static let allowance = Duration.seconds(60)

    /// Begins a backup: done, or `running` where it takes longer; `backups` tells how far it is then.
    public func makeBackup() async throws(ClientError) -> AdminWorkReport {
        try await send(Call(.POST, "/admin/backup", repetition: .never), within: Self.allowance).decoded()
    }

    public func backups() async throws(ClientError) -> BackupList {
        try await send(Call(.GET, "/admin/backups", repetition: .afterAnyFailure)).decoded()
    }

    /// Throws what the server says while it cannot answer questions. Needs no key.
    public func requireReady() async throws(ClientError) {
        _ = try await send(Call(.GET, "/health/ready", repetition: .never))
    }
}
