/// The tokens of a WordPiece model and their numbers, kept for finding the longest token that text begins with.
///
/// A trie over UTF-8 bytes with two roots: tokens that begin a word and tokens that go on in one ("##ing").
/// One walk from the root sees every candidate, so the longest match costs one step a byte and no substring.
/// The edges are in one open-addressing table (linear probing, at most half full): an edge is the pair of
/// node and byte, its value the next node. A match always ends between two characters, because tokens and text
/// both are whole UTF-8. Immutable; any thread may read it.
struct Vocabulary: Sendable {
    /// Larger ones are not a vocabulary: that of the largest multilingual model has 250,000 tokens.
    static let maximumTokens = 1_000_000
    /// Nodes must fit an edge's upper 24 bits; real vocabularies have 5 or 6 nodes a token.
    private static let maximumNodes = 1 << 24
    private static let continuationMark: [UInt8] = Array("##".utf8)

    static let wordRoot: UInt32 = 1
    static let continuationRoot: UInt32 = 2

    let count: Int
    /// Node × 256 + byte, 0 for an empty place (node 0 is none).
    private var edges: [UInt32]
    private var targets: [UInt32]
    /// Token ending at each node, −1 for none.
    private var tokenOfNode: [Int32] = [-1, -1, -1]

    /// - Parameter file: one token a line, its number the line's, from 0; the later of two equal ones counts.
    init(file: [UInt8]) throws(VocabularyViolation) {
        guard String(validating: file, as: UTF8.self) != nil else { throw .notUTF8 }
        var lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard !lines.isEmpty else { throw .empty }
        guard lines.count <= Self.maximumTokens else { throw .tooManyTokens(lines.count) }
        count = lines.count
        // Each byte of the file makes at most one edge.
        let capacity = Self.powerOfTwo(atLeast: 2 * file.count)
        edges = Array(repeating: 0, count: capacity)
        targets = Array(repeating: 0, count: capacity)
        for (number, line) in lines.enumerated() {
            let token = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if token.count > 2, token.starts(with: Self.continuationMark) {
                try insert(token.dropFirst(2), under: Self.continuationRoot, number: Int32(number))
            } else {
                try insert(token, under: Self.wordRoot, number: Int32(number))
            }
        }
    }

    private static func powerOfTwo(atLeast minimum: Int) -> Int {
        var power = 16
        while power < minimum { power *= 2 }
        return power
    }

    private mutating func insert(_ token: ArraySlice<UInt8>, under root: UInt32, number: Int32)
        throws(VocabularyViolation)
    {
        var node = root
        for byte in token {
            let place = place(of: node << 8 | UInt32(byte))
            if edges[place] == 0 {
                guard tokenOfNode.count < Self.maximumNodes else { throw .tooManyTokens(count) }
                edges[place] = node << 8 | UInt32(byte)
                targets[place] = UInt32(tokenOfNode.count)
                tokenOfNode.append(-1)
            }
            node = targets[place]
        }
        tokenOfNode[Int(node)] = number
    }

    /// Where the edge is, or the empty place where it would be.
    private func place(of edge: UInt32) -> Int {
        let mask = edges.count - 1
        // Fibonacci hashing: the upper bits of the product mix all bits of the edge.
        var place = Int((UInt64(edge) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while edges[place] != 0, edges[place] != edge { place = (place + 1) & mask }
        return place
    }

    /// The longest token that `bytes` from `start` on begins with, and where it ends; `nil` when there is none.
    func longestMatch(in bytes: [UInt8], from start: Int, root: UInt32) -> (token: Int32, end: Int)? {
        var node = root
        var match: (token: Int32, end: Int)?
        for position in start..<bytes.count {
            let place = place(of: node << 8 | UInt32(bytes[position]))
            guard edges[place] != 0 else { break }
            node = targets[place]
            if tokenOfNode[Int(node)] >= 0 { match = (tokenOfNode[Int(node)], position + 1) }
        }
        return match
    }

    /// The number of a token that begins a word, spelled in full.
    func number(of token: String) -> Int32? {
        let bytes = Array(token.utf8)
        guard let match = longestMatch(in: bytes, from: 0, root: Self.wordRoot), match.end == bytes.count else {
            return nil
        }
        return match.token
    }
}

/// Why a file is not the vocabulary of a model that can be used here.
public enum VocabularyViolation: Error, Sendable, Hashable, CustomStringConvertible {
    case empty
    case notUTF8
    case tooManyTokens(Int)
    /// One of the tokens that every text is given.
    case lacks(token: String)

    public var description: String {
        switch self {
        case .empty: "the vocabulary is empty"
        case .notUTF8: "the vocabulary is not UTF-8 text"
        case .tooManyTokens(let count): "the vocabulary has \(count) tokens, more than \(Vocabulary.maximumTokens)"
        case .lacks(let token): "the vocabulary has no \(token)"
        }
    }
}
