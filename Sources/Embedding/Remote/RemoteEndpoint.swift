import Foundation

/// A service that encodes texts over HTTP, as OpenAI's `POST /v1/embeddings` does.
public struct RemoteEndpoint: Sendable, Hashable {
    /// The full address of the endpoint; shown in messages, so it must hold no secret.
    public let url: String
    /// What the service calls the model.
    public let model: String
    /// Sent as `Authorization: Bearer`; never shown.
    public let apiKey: String?
    /// How long a question may wait for its vector, retries included. A batch has this for each attempt.
    public let timeout: Duration
    /// Texts of one request.
    public let batchSize: Int

    public static let batchSizes = 1...2_048

    /// - Parameter url: as `check` accepts; without a path, `/v1/embeddings` is meant.
    public init(url: String, model: String, apiKey: String?, timeout: Duration, batchSize: Int) {
        self.url = Self.completed(url)
        self.model = model
        self.apiKey = apiKey
        self.timeout = timeout
        self.batchSize = min(max(batchSize, Self.batchSizes.lowerBound), Self.batchSizes.upperBound)
    }

    /// Whether a text is an http or https address with a host and without a password, query or fragment.
    public static func isValid(url: String) -> Bool {
        guard let parts = URLComponents(string: url) else { return false }
        return ["http", "https"].contains(parts.scheme?.lowercased()) && parts.host?.isEmpty == false
            && parts.user == nil && parts.password == nil && parts.query == nil && parts.fragment == nil
    }

    private static func completed(_ url: String) -> String {
        guard var parts = URLComponents(string: url), parts.path.isEmpty || parts.path == "/" else { return url }
        parts.path = "/v1/embeddings"
        return parts.string ?? url
    }
}
