public import Knowledge

/// The encoder that a store's vectors were last all of, and where it was had: what a start with another looks for.
public struct StoredEncoder: Codable, Sendable, Hashable {
    public let name: String
    public let fingerprint: String
    public let dimension: Int
    /// As whoever loads encoders understands it, and without secrets; `nil` where it cannot be had again.
    public let place: String?

    public init(_ identity: EncoderIdentity, place: String?) {
        name = identity.name
        fingerprint = identity.fingerprint
        dimension = identity.dimension
        self.place = place
    }

    public var identity: EncoderIdentity {
        EncoderIdentity(name: name, fingerprint: fingerprint, dimension: dimension)
    }
}
