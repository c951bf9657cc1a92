import ColdTier
import Embedding
import HotTier
import Pipeline
import Routing

extension SettingDefinition {
    static let host = SettingDefinition(
        "HOST", "server.host", .text, default: "127.0.0.1",
        "Address to listen on; anything but loopback needs API_KEY_REQUIRED or ALLOW_ANONYMOUS.")
    static let port = SettingDefinition(
        "PORT", "server.port", .wholeNumber(0...65_535), default: "8000", "Port to listen on; 0 takes any free one.")
    static let allowAnonymous = SettingDefinition(
        "ALLOW_ANONYMOUS", "security.allow_anonymous", .onOff, default: "false",
        "Serve callers without a key on any address, through proxies and for any Host.")
    static let requiresKeys = SettingDefinition(
        "API_KEY_REQUIRED", "security.api_key_required", .onOff, default: "false",
        "Answer only who sends a key. The first start leaves an operator's in DATA_DIR.")
    static let maximumQueryCharacters = SettingDefinition(
        "MAX_QUERY_CHARACTERS", "server.max_query_characters", .wholeNumber(1...10_000), default: "1000", isLive: true,
        "The longest question, in code points.")

    static let maximumConnections = SettingDefinition(
        "MAX_CONNECTIONS", "server.max_connections", .wholeNumber(1...1_000_000), default: "10000",
        "The most connections at once; one more is told 503 and closed.")
    static let serverTimeout = SettingDefinition(
        "SERVER_TIMEOUT_SECONDS", "server.timeout", .wholeNumber(1...3_600), default: "120",
        "How long a connection may stay open without a request.")
    static let tlsCertificateFile = SettingDefinition(
        "TLS_CERTIFICATE_FILE", "server.tls.certificate_file", .text, default: "",
        "PEM file of the certificate and those above it: connections are encrypted. Read again when it changes.")
    static let tlsKeyFile = SettingDefinition(
        "TLS_KEY_FILE", "server.tls.key_file", .text, default: "", "PEM file of that certificate's private key.")
    static let corsOrigins = SettingDefinition(
        "CORS_ORIGINS", "security.cors_origins", .origins, default: "",
        "Web pages that may read replies: origins such as https://example.org, or * for any, without credentials.")

    static let hotCacheSize = SettingDefinition(
        "HOT_CACHE_SIZE", "hybrid_system.hot_cache.max_size", .wholeNumber(0...10_000_000), default: "1000",
        isLive: true,
        "The most answers kept in memory; 0 switches the tier off.")
    static let hotCacheMaximumBytes = SettingDefinition(
        "HOT_CACHE_MAX_BYTES", "hybrid_system.hot_cache.max_bytes", .bytes(65_536...1_099_511_627_776),
        default: "64MiB", isLive: true, "The most memory that those answers take.")
    static let hotEvictionPolicy = SettingDefinition(
        "HOT_EVICTION_POLICY", "hybrid_system.hot_cache.eviction_policy",
        .choice(EvictionPolicy.allCases.map(\.rawValue)), default: EvictionPolicy.standard.rawValue,
        "Which of those answers go when there is no more room.")
    static let warmCacheSize = SettingDefinition(
        "WARM_CACHE_SIZE", "hybrid_system.warm_cache.max_size", .wholeNumber(0...100_000_000), default: "10000",
        isLive: true,
        "The most answers kept in Redis; 0 switches the tier off.")
    static let warmCacheTTL = SettingDefinition(
        "WARM_CACHE_TTL_MINUTES", "hybrid_system.warm_cache.ttl_minutes", .wholeNumber(1...43_200), unit: "minutes",
        default: "30", isLive: true, "How long an answer may be served after it was computed.")
    static let negativeTTL = SettingDefinition(
        "NEGATIVE_TTL_SECONDS", "hybrid_system.routing.negative_ttl_seconds", .wholeNumber(1...86_400),
        default: "60", isLive: true, "How long an answer without results may be served after it was computed.")
    static let staleIfError = SettingDefinition(
        "STALE_IF_ERROR_SECONDS", "hybrid_system.routing.stale_if_error_seconds", .wholeNumber(0...86_400),
        default: "300",
        "How long after that it may still be served, marked as stale, while the knowledge cannot be read; 0 is never.")
    static let redisURL = SettingDefinition(
        "REDIS_URL", "hybrid_system.warm_cache.redis_url", .redisURL, default: "redis://127.0.0.1:6379/0",
        "Where the warm tier's Redis listens; `off` serves without a warm tier.")

    static let tenantCacheShare = SettingDefinition(
        "TENANT_CACHE_SHARE", "hybrid_system.tenant_cache_share", .number(0.01...1), default: "1",
        "The share of hot, and of warm, that one tenant's answers may take.")
    static let snapshotInterval = SettingDefinition(
        "SNAPSHOT_INTERVAL_SECONDS", "hybrid_system.hot_cache.snapshot_interval_seconds", .wholeNumber(0...86_400),
        unit: "seconds", default: "300",
        "How often hot is written to DATA_DIR for the next start; 0 writes it at the end alone.")

    static let hotAccessThreshold = SettingDefinition(
        "HOT_ACCESS_THRESHOLD", "hybrid_system.hot_cache.promotion_threshold", .wholeNumber(1...1_000_000),
        unit: "questions",
        default: "10", isLive: true, "Asked this often, an answer is kept hot.")
    static let warmAccessThreshold = SettingDefinition(
        "WARM_ACCESS_THRESHOLD", "hybrid_system.warm_cache.promotion_threshold", .wholeNumber(1...1_000_000),
        unit: "questions",
        default: "3", isLive: true, "Asked this often, an answer is kept warm, and hot if asked lately.")
    static let recentAccessWindow = SettingDefinition(
        "RECENT_ACCESS_WINDOW", "hybrid_system.routing.recent_access_window", .wholeNumber(1...604_800),
        unit: "seconds",
        default: "300", isLive: true, "How long ago \"lately\" is.")
    static let qualityThreshold = SettingDefinition(
        "QUALITY_THRESHOLD", "hybrid_system.routing.quality_threshold", .number(0...1), default: "0.8", isLive: true,
        "Answers of this quality are kept hot from the second question on.")
    static let criticalKeywords = SettingDefinition(
        "CRITICAL_KEYWORDS", "hybrid_system.routing.critical_keywords", .words,
        default: RoutingRules.defaultCriticalKeywords.joined(separator: ","), isLive: true,
        "Whole words that make a question urgent: its answer is kept hot.")
    static let commonPatterns = SettingDefinition(
        "COMMON_PATTERNS", "hybrid_system.routing.common_patterns", .words,
        default: RoutingRules.defaultCommonPatterns.joined(separator: ","), isLive: true,
        "Whole words of everyday questions: their answers are kept warm.")

    static let semanticHits = SettingDefinition(
        "SEMANTIC_HITS", "hybrid_system.semantic_hits.mode", .choice(SemanticMode.allCases.map(\.rawValue)),
        default: SemanticMode.off.rawValue,
        "Whether the answer to another question is reused, where a guard lets it pass; a fresh search is cheap.")
    static let semanticThreshold = SettingDefinition(
        "SEMANTIC_THRESHOLD", "hybrid_system.semantic_hits.threshold", .number(0.7...1),
        default: String(SemanticHits.standardThreshold),
        "The least cosine of two questions for one's answer to be reused for the other.")
    static let semanticVerifyShare = SettingDefinition(
        "SEMANTIC_VERIFY_SHARE", "hybrid_system.semantic_hits.verify_share", .number(0...1), default: "0.01",
        "The share of reused answers that a fresh search verifies in the background.")
    static let falseHitRateMaximum = SettingDefinition(
        "FALSE_HIT_RATE_MAX", "hybrid_system.semantic_hits.false_hit_rate_max", .number(0...1), default: "0.01",
        "More reuses than this share proving false raise the threshold by itself; fewer let it down again.")
    static let guardListsDirectory = SettingDefinition(
        "GUARD_LISTS_DIR", "hybrid_system.semantic_hits.guard_lists_dir", .text, default: "config/guard",
        "Folder of the word lists that the guard of reuse reads.")

    static let dataDirectory = SettingDefinition(
        "DATA_DIR", "hybrid_system.cold_storage.data_dir", .text, default: "data", "Folder of the database.")
    static let encryptionKey = SettingDefinition(
        "ENCRYPTION_KEY", "security.encryption_key", .sealingKeys, default: "",
        "Seals stored texts, answers in Redis and the snapshot of hot; 32 bytes in hexadecimal or base64.")
    static let encryptionKeyFile = SettingDefinition(
        "ENCRYPTION_KEY_FILE", "security.encryption_key_file", .sealingKeyFile, default: "",
        "The same from a file; further lines are older keys. It is read again for POST /admin/rekey.")
    static let encryptionOldKeys = SettingDefinition(
        "ENCRYPTION_OLD_KEYS", "security.encryption_old_keys", .sealingKeys, default: "",
        "Keys that were in use before, until what they have sealed is sealed anew.")

    static let exactScanItems = SettingDefinition(
        "EXACT_SCAN_ITEMS", "hybrid_system.cold_storage.exact_scan_items", .wholeNumber(0...100_000_000),
        default: String(TenantIndex.defaultExactLimit),
        "Items of a tenant up to which vector search is exact; beyond, one-bit codes choose what it looks at.")
    /// 700,000 vectors of 384 dimensions, beside the 461 bytes that each takes anyway. A TiB at most.
    static let coldIndexMemory = SettingDefinition(
        "COLD_INDEX_MEMORY_MB", "hybrid_system.cold_storage.index_memory_mb", .wholeNumber(0...1_048_576),
        default: "1024", "MiB that vectors take in memory beside their codes; the rest is read from the file. 0: all.")
    static let modelPath = SettingDefinition(
        "MODEL_PATH", "model.model_path", .text, default: "",
        "Folder of the encoder's model; by default MODEL_CACHE_DIR/\(Settings.defaultModelName).")
    static let modelCacheDirectory = SettingDefinition(
        "MODEL_CACHE_DIR", "model.model_cache_dir", .text, default: ".thermocline/models",
        "Folder that the set-up unpacks models into.")

    static let embeddingsURL = SettingDefinition(
        "EMBEDDINGS_URL", "model.embeddings_url", .httpURL, default: "",
        "Encodes by a service of OpenAI's form instead of the model here, e.g. http://host:8080/v1/embeddings.")
    static let embeddingsModel = SettingDefinition(
        "EMBEDDINGS_MODEL", "model.embeddings_model", .text, default: "text-embedding-3-small",
        "What that service calls the model; another name is another encoder.")
    static let embeddingsAPIKey = SettingDefinition(
        "EMBEDDINGS_API_KEY", "model.embeddings_api_key", .secret, default: "",
        "Sent to that service as `Authorization: Bearer`.")
    static let embeddingsTimeout = SettingDefinition(
        "EMBEDDINGS_TIMEOUT_SECONDS", "model.embeddings_timeout_seconds", .wholeNumber(1...300), default: "5",
        "How long a question waits for that service before it is answered by words.")
    static let embeddingsBatchSize = SettingDefinition(
        "EMBEDDINGS_BATCH_SIZE", "model.embeddings_batch_size", .wholeNumber(RemoteEndpoint.batchSizes), default: "64",
        "Texts in one request to that service, when knowledge is stored.")

    /// Every setting, in the order people read them.
    public static let all: [SettingDefinition] =
        [
            host, port, allowAnonymous, requiresKeys, maximumQueryCharacters,
            maximumConnections, serverTimeout, tlsCertificateFile, tlsKeyFile, corsOrigins,
            hotCacheSize, hotCacheMaximumBytes, hotEvictionPolicy, warmCacheSize, warmCacheTTL, negativeTTL,
            staleIfError, redisURL, tenantCacheShare, snapshotInterval,
            hotAccessThreshold, warmAccessThreshold, recentAccessWindow, qualityThreshold,
            criticalKeywords, commonPatterns,
            semanticHits, semanticThreshold, semanticVerifyShare, falseHitRateMaximum, guardListsDirectory,
            dataDirectory, encryptionKey, encryptionKeyFile, encryptionOldKeys, exactScanItems, coldIndexMemory,
            modelPath, modelCacheDirectory,
            embeddingsURL, embeddingsModel, embeddingsAPIKey, embeddingsTimeout, embeddingsBatchSize,
        ] + access + limits + backup + observation
}
