import Access
import Foundation
import Import
import Knowledge
import Server
import ThermoclineClient

/// A server that commands work through: one named by its URL, or the one that has the data directory open.
struct KnowledgeServer: Sendable {
    let client: ThermoclineClient
    /// Where imports through it keep how far they have come.
    let journalFolder: String
    /// Of the store, where it is known without asking.
    private let knownStoreID: String?
    /// The part of the key that is no secret; empty without one.
    private let keyID: String

    var url: String { client.url }

    /// One that may be on another machine.
    init(url: String, apiKey: String?) throws(CommandFailure) {
        do {
            client = try ThermoclineClient(url: url, apiKey: apiKey)
        } catch {
            throw CommandFailure(error, url: url)
        }
        keyID = Self.id(ofKey: apiKey)
        journalFolder = Self.stateFolder
        knownStoreID = nil
    }

    private init(_ place: ServerFile, dataDirectory: String, apiKey: String?) throws(CommandFailure) {
        do {
            client = try ThermoclineClient(url: place.url, apiKey: apiKey)
        } catch {
            throw CommandFailure(error, url: place.url)
        }
        keyID = Self.id(ofKey: apiKey)
        journalFolder = dataDirectory
        knownStoreID = place.storeID
    }

    /// The server that has a data directory open.
    ///
    /// - Returns: `nil` when nobody has the directory.
    /// - Throws: `CommandFailure.storeInUse` when someone has it who is no server.
    static func find(dataDirectory: String, apiKey: String?) throws(CommandFailure) -> KnowledgeServer? {
        guard let owner = DataDirectoryOwner.find(dataDirectory) else { return nil }
        // The file outlives a server that is killed: it counts only while that process has the directory's lock.
        guard let place = ServerFile.running(in: dataDirectory), Int(place.pid) == owner else {
            throw CommandFailure.storeInUse(directory: dataDirectory, owner: owner == 0 ? nil : owner)
        }
        return try KnowledgeServer(
            place, dataDirectory: dataDirectory, apiKey: apiKey ?? firstKey(in: dataDirectory))
    }

    /// The first operator's key, which whoever can read the directory may use.
    private static func firstKey(in dataDirectory: String) -> String? {
        let file = dataDirectory + "/" + AccessStore.firstKeyFileName
        return (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs `body` and ends the connections.
    func use<Result: Sendable>(_ body: (KnowledgeServer) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(self)
            await client.close()
            return result
        } catch {
            await client.close()
            throw (error as? ClientError).map { CommandFailure($0, url: url) } ?? error
        }
    }

    /// Tells the knowledge behind this server from all other: the store's UUID, and the id of the key, which decides
    /// the tenant.
    func knowledgeID() async throws(ClientError) -> String {
        let storeID = if let knownStoreID { knownStoreID } else { try await client.systemInfo().storeID }
        return keyID.isEmpty ? storeID : storeID + " " + keyID
    }

    func ask(_ question: ThermoclineClient.Question) async throws(ClientError) -> [UInt8] {
        try await client.answerJSON(to: question)
    }

    /// In one request: what it acknowledges is durable.
    func put(_ items: [ItemContent], for tenant: Tenant) async throws -> BatchReceipt {
        try checkReachable(tenant)
        let report = try await client.bulk(ndjson: items.ndjson)
        // Asked to continue, the server stops only when its store fails: no item is to blame.
        if report.summary.stopped {
            let message = report.failures.max { $0.line < $1.line }?.message ?? "its store failed"
            throw CommandFailure.serverStopped(url: url, message: message)
        }
        let refused = report.failures.map { ($0.line - 1, $0.message) }
        return BatchReceipt(
            created: report.summary.created, replaced: report.summary.replaced, unchanged: report.summary.unchanged,
            refused: Dictionary(refused) { first, _ in first })
    }

    func export(_ tenant: Tenant, _ write: ([UInt8]) throws -> Void) async throws {
        try checkReachable(tenant)
        for try await piece in try await client.export() { try write(piece) }
    }

    /// Has the server seal everything by the first key of its file of keys, and waits until it has.
    ///
    /// - Parameter report: called now and then with how many items of how many are done.
    /// - Returns: whether there was anything to do.
    func rekey(_ report: (_ done: Int, _ total: Int) -> Void) async throws -> Bool {
        guard try await client.beginRekeying() else { return false }
        while let recoding = try await health().compactMap(\.recoding).first, recoding.work != "compressing" {
            report(recoding.done, recoding.total)
            try await Task.sleep(for: Self.rekeyInterval)
        }
        return true
    }

    /// Between looks at how far it is.
    private static let rekeyInterval = Duration.milliseconds(500)

    func health() async throws(ClientError) -> [PartReport] { PartReport.list(try await client.health()) }

    func requireReady() async throws(ClientError) { try await client.requireReady() }

    /// Has the server make a backup, and returns when it has.
    ///
    /// - Parameter show: gets how far it is, now and then.
    func makeBackup(_ show: @escaping @Sendable (AdminWorkReport) -> Void) async throws -> AdminWorkReport {
        let looking = Task { [client] in
            while !Task.isCancelled {
                try await Task.sleep(for: Self.lookInterval)
                if let running = try await client.backups().running { show(running) }
            }
        }
        defer { looking.cancel() }
        let begun = try await client.makeBackup()
        guard begun.status == .running else { return begun }
        while true {
            let list = try await client.backups()
            if list.running == nil, let last = list.last["backup"] {
                guard last.status != .failed else {
                    throw CommandFailure.backupFailed(url: url, reason: last.reason ?? "its log says why")
                }
                return last
            }
            try await Task.sleep(for: Self.lookInterval)
        }
    }

    /// Between two looks at how far the server is: half of what a key may ask by default.
    private static let lookInterval = Duration.seconds(2)

    /// The key decides whose knowledge it is; without a key it is the default tenant's.
    private func checkReachable(_ tenant: Tenant) throws(CommandFailure) {
        guard tenant == .default else { throw .keyDecidesTenant(tenant: tenant.name, url: url) }
    }

    /// Keys are `tc_<id>_<secret>`.
    private static func id(ofKey key: String?) -> String {
        let parts = key?.split(separator: "_", maxSplits: 2) ?? []
        return parts.count == 3 ? String(parts[1]) : ""
    }

    /// Of this user (XDG Base Directory Specification): a server elsewhere has no folder here.
    private static var stateFolder: String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["XDG_STATE_HOME"], folder.hasPrefix("/") { return folder + "/thermocline" }
        return FileManager.default.homeDirectoryForCurrentUser.path + "/.local/state/thermocline"
    }
}
