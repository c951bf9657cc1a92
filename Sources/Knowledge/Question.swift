/// How cold looks for items.
public enum SearchStrategy: String, Sendable, Hashable, CaseIterable, Codable {
    /// The server chooses by the text: see `StrategyChoice`.
    case auto
    /// By the vectors alone.
    case vector
    /// By the words alone.
    case lexical
    /// Both lists, fused by reciprocal rank.
    case hybrid
}

/// What is asked, with all that can change its answer but the tenant who asks it.
public struct Question: Sendable, Hashable {
    public static let maximumTopK = 20
    public static let defaultTopK = 5
    /// Cosine that a result must exceed unless the caller says otherwise.
    public static let defaultMinScore = 0.3

    /// The caller's own text, verbatim.
    public let text: String
    /// What is compared, encoded and tokenised: `text` in folded form.
    public let folded: String
    public let topK: Int
    /// Only items of this category, when given.
    public let category: String?
    /// Only items that have all of these; sorted, without repetitions.
    public let tags: [String]
    /// As the caller sent it; `nil` stands for `defaultMinScore`, which does not filter lexical matches.
    public let minScore: Double?
    public let strategy: SearchStrategy

    /// The HTTP layer has checked bounds and types; `topK` is clamped to 1…20 all the same.
    public init(
        text: String, topK: Int = Question.defaultTopK, category: String? = nil, tags: [String] = [],
        minScore: Double? = nil, strategy: SearchStrategy = .auto
    ) {
        self.text = text
        folded = text.foldedQuestion()
        self.topK = min(max(topK, 1), Self.maximumTopK)
        self.category = category.map { $0.foldingWhiteSpace() }
        self.tags = Set(tags.map { $0.foldingWhiteSpace() }).sorted()
        self.minScore = minScore
        self.strategy = strategy
    }
}

/// The identity of a question's answer, byte for byte: everything the answer depends on but the knowledge.
///
/// Tenant, folded text, top_k, category, tags, min_score, strategy, encoder, and the ranking epoch where words rank; not
/// explain, cache or request id. Each field is preceded by its length, so no two questions share a key.
public struct QuestionKey: Sendable, Hashable {
    public let bytes: [UInt8]

    /// The key as it was stored in an envelope.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Parameters:
    ///   - tenant: who asks, and whose knowledge answers.
    ///   - encoder: fingerprint of the encoder that made the tenant's vectors, empty when there is none.
    ///   - rankingEpoch: number of the words' statistics; others rank words differently. A search by vectors alone
    ///     is the same in all.
    public init(_ question: Question, tenant: Tenant, encoder: String, rankingEpoch: Int) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(question.folded.utf8.count + 96)
        func append(_ field: some Collection<UInt8>) {
            withUnsafeBytes(of: UInt32(field.count).littleEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: field)
        }
        append(tenant.name.utf8)
        append(question.folded.utf8)
        append(CollectionOfOne(UInt8(question.topK)))
        append((question.category.map { "=" + $0 } ?? "").utf8)
        append(String(question.tags.count).utf8)
        for tag in question.tags { append(tag.utf8) }
        append((question.minScore.map { String($0) } ?? "").utf8)
        append(question.strategy.rawValue.utf8)
        append(encoder.utf8)
        let usesWords =
            question.strategy.resolved(folded: question.folded, hasVector: !encoder.isEmpty) != .vector
        append((usesWords ? String(rankingEpoch) : "").utf8)
        self.bytes = bytes
    }
}

extension QuestionKey {
    /// The question's folded text, for people who look at what is kept; empty when the bytes are no key.
    public var foldedText: String { textRange.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "" }

    /// The key without the text: tenant, options and encoder. Only questions that share it can share an answer.
    public var scope: [UInt8] {
        guard let text = textRange else { return bytes }
        return Array(bytes[..<(text.lowerBound - Self.lengthBytes)] + bytes[text.upperBound...])
    }

    /// Of the number before each field.
    private static let lengthBytes = 4

    /// The text is the second field.
    private var textRange: Range<Int>? {
        var start = 0
        for field in 0...1 {
            guard bytes.count - start >= Self.lengthBytes else { return nil }
            let length = bytes[start..<start + Self.lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
            start += Self.lengthBytes
            guard bytes.count - start >= length else { return nil }
            if field == 1 { return start..<start + length }
            start += length
        }
        return nil
    }
}

/// A keyed 128-bit hash of a `QuestionKey`: the look-up key of every tier.
///
/// Two keys may share one by accident, so a hit compares the whole `QuestionKey` too.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits; `nil` for anything else.
    public init?(_ hex: some StringProtocol) {
        guard hex.utf8.count == 32, let middle = hex.index(hex.startIndex, offsetBy: 16, limitedBy: hex.endIndex),
            hex.allSatisfy(\.isHexDigit),
            let high = UInt64(hex[..<middle], radix: 16), let low = UInt64(hex[middle...], radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String {
        func digits(_ value: UInt64) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        return digits(high) + digits(low)
    }

    /// The halves are hash output already; one of them feeds the dictionary.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(low)
    }
}
