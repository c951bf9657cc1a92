/// An error reply of Redis, sorted by what the operator should do.
public struct RedisRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable, CaseIterable {
        case outOfMemory, readOnly, notSignedIn, notPermitted, loading, busy, moved, primaryDown, cannotPersist
        case noSuchScript, wrongType, other
    }

    /// Longer texts of Redis are cut: they may repeat what was sent.
    public static let maximumTextCharacters = 160

    public let kind: Kind
    /// Redis' own words, cut.
    public let text: String

    package init(text: String) {
        self.text = String(text.prefix(Self.maximumTextCharacters))
        kind = Self.kind(of: text)
    }

    private static func kind(of text: String) -> Kind {
        switch text.prefix(while: { $0 != " " }) {
        case "OOM": .outOfMemory
        case "READONLY": .readOnly
        case "NOAUTH", "WRONGPASS": .notSignedIn
        case "NOPERM": .notPermitted
        case "LOADING": .loading
        case "BUSY": .busy
        case "MOVED", "ASK", "CROSSSLOT", "CLUSTERDOWN", "TRYAGAIN": .moved
        case "MASTERDOWN", "NOREPLICAS": .primaryDown
        case "MISCONF": .cannotPersist
        case "NOSCRIPT": .noSuchScript
        case "WRONGTYPE": .wrongType
        // Redis before 7 wraps a script's error in its own, and says "invalid password" and the like.
        case _ where text.contains("OOM command not allowed"): .outOfMemory
        case _ where text.contains("READONLY You can't write"): .readOnly
        case _ where text.contains("invalid password") || text.contains("AUTH"): .notSignedIn
        default: .other
        }
    }

    /// True when Redis answers nothing useful in this state, so that asking on is pointless.
    package var isOutage: Bool {
        switch kind {
        case .notSignedIn, .notPermitted, .loading, .busy, .moved, .primaryDown: true
        case .outOfMemory, .readOnly, .cannotPersist, .noSuchScript, .wrongType, .other: false
        }
    }

    /// True when reading goes on but nothing new can be kept.
    package var isWriteRefusal: Bool {
        switch kind {
        case .outOfMemory, .readOnly, .cannotPersist: true
        default: false
        }
    }

    /// One line for health pages: what is wrong and what to do.
    public var description: String {
        switch kind {
        case .outOfMemory: "Redis is out of memory: raise its maxmemory or lower WARM_CACHE_SIZE (\(text))"
        case .readOnly: "Redis is a read-only replica: point REDIS_URL at the primary (\(text))"
        case .notSignedIn: "Redis refused the password: correct it in REDIS_URL (\(text))"
        case .notPermitted: "Redis' ACL forbids a command: allow GET, SET, Z*, SCAN and scripts (\(text))"
        case .loading: "Redis is loading its data: it will be used when done (\(text))"
        case .busy: "Redis is busy with a script of someone else (\(text))"
        case .moved: "Redis is a cluster whose slots lie elsewhere: point REDIS_URL at a single node (\(text))"
        case .primaryDown: "Redis is a replica without its primary (\(text))"
        case .cannotPersist: "Redis cannot write its snapshot and refuses writes: see its log (\(text))"
        case .noSuchScript, .wrongType, .other: "Redis answered with an error (\(text))"
        }
    }
}
