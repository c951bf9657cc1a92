public import Access
public import Backup
public import Embedding
public import HotTier
public import Knowledge
public import Logging
public import Sealing

/// The server's settings: one immutable snapshot, valid as a whole.
///
/// Made once at the start and passed down; nothing reads the environment after that.
public struct Settings: Sendable, Hashable {
    /// Folder of the encoder that `scripts/setup` unpacks.
    public static let defaultModelName = "all-MiniLM-L6-v2-int8"

    public let host: String
    public let port: Int
    public let logLevel: Logger.Level
    /// By the name of a target; the others log at `logLevel`.
    public let moduleLogLevels: [String: Logger.Level]
    public let logFormat: LogFormat
    /// Whether every question is logged.
    public let logsQuestions: Bool
    /// Where spans are sent; `nil` records none.
    public let spanCollector: String?
    /// 0…1, of the traces that begin here.
    public let traceShare: Double
    /// Questions that take this long are logged with their steps; `nil` for none.
    public let slowQuestion: Duration?
    /// Callers without a key are served on any address, through proxies and for any `Host`.
    public let allowsAnonymous: Bool
    /// Who sends no key is not answered.
    public let requiresKeys: Bool
    public let access: AccessSettings
    /// Of each caller with a key; `nil` for none.
    public let rateLimit: RateLimit?
    public let rateLimitMode: LimitMode
    /// Of each tenant, in tokens; 0 for none.
    public let quotaPerMonth: Int
    /// The same for single tenants.
    public let quotaOverrides: [Tenant: Int]
    /// In code points.
    public let maximumQueryCharacters: Int

    public let maximumConnections: Int
    /// Of a connection without a request.
    public let idleTimeout: Duration
    /// `nil` for connections that are not encrypted.
    public let tls: TLSFiles?
    /// Of web pages that may read replies; `*` alone for any.
    public let corsOrigins: [String]

    public let hotCacheSize: Int
    public let hotCacheMaximumBytes: Int
    public let hotEvictionPolicy: EvictionPolicy
    public let warmCacheSize: Int
    public let warmCacheTTL: Duration
    public let negativeTTL: Duration
    public let staleIfError: Duration
    /// `nil` when the server runs without a warm tier. May hold a password: never print it.
    public let redisURL: String?
    /// Of hot, what one tenant's answers may take.
    public let tenantCacheShare: Double
    /// Zero writes a snapshot at the end alone.
    public let snapshotInterval: Duration

    public let hotAccessThreshold: Int
    public let warmAccessThreshold: Int
    public let recentAccessWindow: Duration
    public let qualityThreshold: Double
    public let criticalKeywords: [String]
    public let commonPatterns: [String]

    public let semanticHits: SemanticMode
    /// A cosine.
    public let semanticThreshold: Double
    /// 0…1, of the reused answers.
    public let semanticVerifyShare: Double
    /// 0…1, of the verified ones.
    public let falseHitRateMaximum: Double
    public let guardListsDirectory: String

    public let dataDirectory: String
    /// `nil` while nothing is encrypted.
    public let keyRing: KeyRing?
    /// Of it, those of ENCRYPTION_OLD_KEYS.
    public let encryptionOldKeys: [SealingKey]
    /// Where its keys were read, when in a file.
    public let encryptionKeyFile: String?
    public let exactScanItems: Int
    /// 0 for no limit.
    public let coldIndexMemoryMiB: Int
    public let backupDirectory: String
    /// Zero for none by itself.
    public let backupInterval: Duration
    public let backupRetention: Retention
    public let modelPath: String
    public let modelCacheDirectory: String
    /// Encodes in place of the model here; `nil` when there is none.
    public let remoteEncoder: RemoteEndpoint?

    public let metricsRetentionHours: Int
    public let healthCheckInterval: Duration

    /// Whether `host` is reachable from this machine alone.
    public var isLoopback: Bool { LoopbackAddress.matches(host) }
}
