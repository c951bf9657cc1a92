/// The identity of an item within a store: assigned once, never used again, ordered by creation.
public struct ItemID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: Int64

    public init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Reads the form used in the API: decimal digits without sign or leading zeros. `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        guard let first = text.utf8.first, first != UInt8(ascii: "0"),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let value = Int64(text), value > 0
        else { return nil }
        rawValue = value
    }

    public static func < (a: ItemID, b: ItemID) -> Bool { a.rawValue < b.rawValue }
    public var description: String { String(rawValue) }
}

/// A piece of knowledge as stored: a problem and what resolves it.
public struct KnowledgeItem: Sendable, Hashable, Identifiable {
    public let id: ItemID
    /// 1 at creation, one more at each change of the content.
    public let version: Int
    public let content: ItemContent
    public let createdAt: Timestamp
    public let updatedAt: Timestamp
    /// −1…1 by the votes on it when feedback was last settled; see `ItemQuality`.
    public let quality: Double

    public init(
        id: ItemID, version: Int, content: ItemContent, createdAt: Timestamp, updatedAt: Timestamp, quality: Double = 0
    ) {
        self.id = id
        self.version = version
        self.content = content
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.quality = quality
    }
}

/// What people write of an item. Only valid content can be made.
public struct ItemContent: Sendable, Hashable {
    public static let maximumIssueCharacters = 2_000
    public static let maximumResolutionBytes = 64 * 1024
    public static let maximumTags = 32
    public static let maximumTagCharacters = 64
    public static let maximumCategoryCharacters = 64
    public static let defaultCategory = "general"

    /// The problem, in NFC with white space folded. Unique within a tenant; case counts.
    public let issue: String
    public let resolution: String
    public let category: String
    /// In the order given, without repetitions.
    public let tags: [String]

    /// Throws the first broken limit.
    ///
    /// - Parameters:
    ///   - issue: 1…2,000 code points once white space is folded.
    ///   - resolution: not blank, at most 64 KiB of UTF-8.
    ///   - category: at most 64 code points; blank or `nil` stands for "general".
    ///   - tags: at most 32, each 1…64 code points after trimming. A comma in a tag is a comma.
    public init(issue: String, resolution: String, category: String? = nil, tags: [String] = [])
        throws(ContentViolation)
    {
        let issue = issue.foldingWhiteSpace()
        guard !issue.isEmpty else { throw .tooShort(field: "issue", minimum: 1) }
        guard issue.unicodeScalars.count <= Self.maximumIssueCharacters else {
            throw .tooLong(field: "issue", maximum: Self.maximumIssueCharacters, unit: "characters")
        }
        guard !resolution.isBlank else { throw .tooShort(field: "resolution", minimum: 1) }
        guard resolution.utf8.count <= Self.maximumResolutionBytes else {
            throw .tooLong(field: "resolution", maximum: Self.maximumResolutionBytes, unit: "bytes")
        }
        let category = (category ?? "").foldingWhiteSpace()
        guard category.unicodeScalars.count <= Self.maximumCategoryCharacters else {
            throw .tooLong(field: "category", maximum: Self.maximumCategoryCharacters, unit: "characters")
        }
        guard tags.count <= Self.maximumTags else {
            throw .tooLong(field: "tags", maximum: Self.maximumTags, unit: "tags")
        }
        var unique: [String] = []
        for tag in tags {
            let tag = tag.foldingWhiteSpace()
            guard !tag.isEmpty else { throw .tooShort(field: "tags", minimum: 1) }
            guard tag.unicodeScalars.count <= Self.maximumTagCharacters else {
                throw .tooLong(field: "tags", maximum: Self.maximumTagCharacters, unit: "characters")
            }
            if !unique.contains(tag) { unique.append(tag) }
        }
        self.issue = issue
        self.resolution = resolution
        self.category = category.isEmpty ? Self.defaultCategory : category
        self.tags = unique
    }
}

/// Why content was refused: which field broke which limit.
public enum ContentViolation: Error, Sendable, Hashable, CustomStringConvertible {
    case tooShort(field: String, minimum: Int)
    case tooLong(field: String, maximum: Int, unit: String)

    public var field: String {
        switch self {
        case .tooShort(let field, _), .tooLong(let field, _, _): field
        }
    }

    public var description: String {
        switch self {
        case .tooShort(let field, _): "\(field) must not be blank"
        case .tooLong(let field, let maximum, let unit): "\(field) may have at most \(maximum) \(unit)"
        }
    }
}
