import ColdTier
import Logging

extension ContractError {
    /// What a client learns of a failure of the store; the reason itself, with its paths, is for the log.
    init(_ error: ColdError) {
        switch error {
        case .overloaded:
            self = .unavailable("OVERLOADED", "More is being written than the server takes on; try again shortly")
        case .storageFull:
            self = .unavailable("STORAGE_FULL", "There is no space left for more knowledge")
        case .closed:
            self = .shuttingDown
        default:
            self = .unavailable("STORAGE_UNAVAILABLE", "The knowledge cannot be read or written at the moment")
        }
    }
}

extension ServerParts {
    /// Does something with the store, and turns its failure into what the client may know of it.
    func stored<Result: Sendable>(
        _ context: CallContext, _ body: () async throws(ColdError) -> Result
    ) async throws(ContractError) -> Result {
        do {
            return try await body()
        } catch {
            logger.warning(
                "The store did not do what it was asked",
                metadata: ["request_id": "\(context.requestID)", "reason": "\(error)"])
            throw ContractError(error)
        }
    }
}
