public import Knowledge

/// One thing that somebody did, before it has its place in the log.
///
/// No texts of questions or items, no keys: whoever writes one keeps to ids, names of settings and counts.
public struct AuditEntry: Sendable, Hashable {
    public let at: Timestamp
    /// Whose log it is part of; `nil` for what belongs to the installation, which operators alone see.
    public let tenant: Tenant?
    public let subject: String
    public let keyID: String?
    public let action: AuditAction
    /// Which item, key, tier or setting: "item 12".
    public let target: String?
    public let requestID: String?
    public let details: [Detail]

    public struct Detail: Sendable, Hashable {
        public enum Value: Sendable, Hashable {
            case text(String)
            case number(Int)
        }

        public let name: String
        public let value: Value

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = .text(value)
        }

        public init(_ name: String, _ value: Int) {
            self.name = name
            self.value = .number(value)
        }
    }

    public init(
        at: Timestamp, tenant: Tenant?, subject: String, keyID: String? = nil, action: AuditAction,
        target: String? = nil, requestID: String? = nil, details: [Detail] = []
    ) {
        self.at = at
        self.tenant = tenant
        self.subject = subject
        self.keyID = keyID
        self.action = action
        self.target = target
        self.requestID = requestID
        self.details = details
    }

    /// About what it takes in memory beside its fixed parts.
    var byteCount: Int {
        details.reduce(subject.utf8.count) { sum, detail in
            if case .text(let text) = detail.value { sum + text.utf8.count } else { sum }
        }
    }

    /// As JSON, at its place in the log.
    func line(_ seq: Int64) -> [UInt8] {
        var json = JSONWriter(reserving: 384)
        json.object { json in
            json.member("seq", Int(seq))
            json.member("at", at.rfc3339)
            Self.write("tenant", tenant?.name, to: &json)
            json.member("subject", subject)
            Self.write("key_id", keyID, to: &json)
            json.member("action", action.rawValue)
            Self.write("target", target, to: &json)
            Self.write("request_id", requestID, to: &json)
            json.object("details") { json in
                for detail in details {
                    switch detail.value {
                    case .text(let text): json.member(named: detail.name, text)
                    case .number(let number): json.member(named: detail.name, number)
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ name: StaticString, _ value: String?, to json: inout JSONWriter) {
        if let value { json.member(name, value) } else { json.null(name) }
    }
}
