import Access

extension SettingDefinition {
    static let jwtSecret = SettingDefinition(
        "JWT_SECRET", "security.jwt_secret", .secret, default: "",
        "Takes tokens signed with it by HS256, beside keys; \(TokenKeySource.leastSecretBytes) bytes or more.")
    static let jwtSecretFile = SettingDefinition(
        "JWT_SECRET_FILE", "security.jwt_secret_file", .text, default: "", "A file that holds JWT_SECRET.")
    static let jwtKeySetFile = SettingDefinition(
        "JWT_JWKS_FILE", "security.jwt_jwks_file", .text, default: "",
        "Takes tokens signed by a key of this JSON Web Key Set instead; read again when it changes.")
    static let trustedProxies = SettingDefinition(
        "TRUSTED_PROXIES", "security.trusted_proxies", .addressRanges, default: "",
        "Addresses of proxies whose X-Forwarded-For names the client.")
    static let failuresPerMinute = SettingDefinition(
        "AUTH_FAILURES_PER_MINUTE", "security.auth_failures_per_minute", .wholeNumber(1...1_000_000),
        default: "60", "Bad keys and tokens from one address in a minute before it has to wait.")
    static let auditQueries = SettingDefinition(
        "AUDIT_QUERIES", "security.audit_queries", .onOff, default: "false",
        "Write every question with its text into the audit log.")
    static let auditRetention = SettingDefinition(
        "AUDIT_RETENTION_DAYS", "security.audit_retention_days", .wholeNumber(0...36_500), default: "365",
        "How long lines of the audit log are kept; 0 keeps them for ever.")

    /// Who is let in, and what is written down of it.
    static let access = [
        jwtSecret, jwtSecretFile, jwtKeySetFile, trustedProxies, failuresPerMinute, auditQueries, auditRetention,
    ]
}
