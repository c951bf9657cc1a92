public import Sealing

/// What the warm tier is told at start.
public struct WarmTierConfiguration: Sendable {
    /// A hit saves an embedding and a search of a few milliseconds; waiting longer than that for it saves nothing.
    public static let defaultCommandTimeoutMilliseconds = 5

    public let address: RedisAddress
    /// Answers kept at most for this store and encoder (`WARM_CACHE_SIZE`); 0 switches the tier off.
    public let capacity: Int
    /// Longest wait for one look-up or admission. A caller with less time left says so.
    public let commandTimeoutMilliseconds: Int
    /// UUID of the store whose answers these are.
    public let storeID: String
    /// Fingerprint of the encoder in use, empty when there is none.
    public let encoder: String
    /// How long Redis keeps an answer after it expired, for when nothing better is to be had.
    public let expiredKeptMilliseconds: Int64
    /// Of the capacity, what one tenant's answers may take, above 0 up to 1.
    public let tenantShare: Double
    /// Seals answers; `nil` where they are kept as they are.
    public let sealer: LiveSealer?

    public init(
        address: RedisAddress, capacity: Int, storeID: String, encoder: String,
        commandTimeoutMilliseconds: Int = WarmTierConfiguration.defaultCommandTimeoutMilliseconds,
        expiredKeptMilliseconds: Int64 = 0, tenantShare: Double = 1, sealer: LiveSealer? = nil
    ) {
        self.tenantShare = min(max(tenantShare, 0), 1)
        self.sealer = sealer
        self.address = address
        self.capacity = max(capacity, 0)
        self.commandTimeoutMilliseconds = max(commandTimeoutMilliseconds, 1)
        self.storeID = storeID
        self.encoder = encoder
        self.expiredKeptMilliseconds = max(expiredKeptMilliseconds, 0)
    }
}
