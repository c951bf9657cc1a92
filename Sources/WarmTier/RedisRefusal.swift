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

    /// One line for the log: what is wrong, what to do, and what Redis said.
    public var description: String { "\(advice) (\(text))" }

    /// What is wrong and what to do, in our own words: callers may see it.
    public var advice: String {
        switch kind {
        case .outOfMemory: "Redis is out of memory: raise its maxmemory or lower WARM_CACHE_SIZE"
        case .readOnly: "Redis is a read-only replica: point REDIS_URL at the primary"
        case .notSignedIn: "Redis refused the password: correct it in REDIS_URL"
        case .notPermitted: "Redis' ACL forbids a command: allow GET, SET, Z*, SCAN and scripts"
        case .loading: "Redis is loading its data: it will be used when done"
        case .busy: "Redis is busy with a script of someone else"
        case .moved: "Redis is a cluster whose slots lie elsewhere: point REDIS_URL at a single node"
        case .primaryDown: "Redis is a replica without its primary"
        case .cannotPersist: "Redis cannot write its snapshot and refuses writes: see its log"
        case .noSuchScript, .wrongType, .other: "Redis answered with an error"
        }
    }
}
