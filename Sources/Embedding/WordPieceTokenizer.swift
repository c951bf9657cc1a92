/// Text to the token numbers of an uncased BERT model.
///
/// Gives what the reference implementation (the `tokenizers` package, 0.23) gives: markers such as `[MASK]` in
/// the text are their tokens; the rest is normalised (`BertCharacters`), split at white space, punctuation and
/// ideographs, and each word is cut from its beginning into the longest tokens known. A word of more than 100
/// scalars or with a part that is not known is `[UNK]` as a whole. Words are cut as they are read, and reading
/// stops once the sequence is full, so a text's cost is bounded by what is read of it and memory by the sequence.
///
/// Immutable; any thread may use it.
public struct WordPieceTokenizer: Sendable {
    /// Tokens of a sequence, the opening and closing one included: what the model was trained with.
    public static let maximumTokens = 256
    /// Longer words are unknown as a whole, as in the reference.
    static let maximumWordScalars = 100

    private let vocabulary: Vocabulary
    private let characters = BertCharacters.standard
    private let opening: Int32
    private let closing: Int32
    let unknown: Int32
    /// Tokens that text may spell out.
    private let markers: [(spelling: [UInt8], token: Int32)]

    /// Reads a `vocab.txt`: UTF-8, one token a line, "##" before those that go on in a word.
    public init(vocabulary file: [UInt8]) throws(VocabularyViolation) {
        vocabulary = try Vocabulary(file: file)
        opening = try Self.token("[CLS]", in: vocabulary)
        closing = try Self.token("[SEP]", in: vocabulary)
        unknown = try Self.token("[UNK]", in: vocabulary)
        var markers: [(spelling: [UInt8], token: Int32)] = []
        for marker in ["[CLS]", "[SEP]", "[UNK]", "[PAD]", "[MASK]"] {
            if let token = vocabulary.number(of: marker) { markers.append((Array(marker.utf8), token)) }
        }
        self.markers = markers
    }

    private static func token(_ spelling: String, in vocabulary: Vocabulary) throws(VocabularyViolation) -> Int32 {
        guard let token = vocabulary.number(of: spelling) else { throw .lacks(token: spelling) }
        return token
    }

    /// The text's token numbers, opening and closing token included: 2…256 of them.
    public func encode(_ text: String) -> [Int32] {
        var sequence = Sequence(opening: opening)
        var text = text
        text.withUTF8 { read($0, into: &sequence) }
        endWord(&sequence)
        return sequence.closed(with: closing)
    }

    private func read(_ bytes: UnsafeBufferPointer<UInt8>, into sequence: inout Sequence) {
        var position = 0
        while position < bytes.count, !sequence.isFull {
            let byte = bytes[position]
            if byte >= 0x80 {
                let (scalar, width) = Self.scalar(in: bytes, at: position)
                read(scalar, into: &sequence)
                position += width
            } else if byte == UInt8(ascii: "["), let marker = marker(in: bytes, at: position) {
                endWord(&sequence)
                sequence.append(marker.token)
                position += marker.spelling.count
            } else {
                read(ascii: byte, into: &sequence)
                position += 1
            }
        }
    }

    private func marker(
        in bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (spelling: [UInt8], token: Int32)? {
        markers.first { bytes[position...].starts(with: $0.spelling) }
    }

    /// Nearly all of what is asked is ASCII: no table, no scalars.
    private func read(ascii byte: UInt8, into sequence: inout Sequence) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            sequence.append(ascii: byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            sequence.append(ascii: byte | 0x20)
        case 0x20, 0x09, 0x0A, 0x0D:
            endWord(&sequence)
        case 0x21...0x7E:
            endWord(&sequence)
            sequence.append(ascii: byte)
            endWord(&sequence)
        default:
            break  // a control character
        }
    }

    private func read(_ scalar: Unicode.Scalar, into sequence: inout Sequence) {
        switch characters.effect(of: scalar) {
        case .keep:
            sequence.append(scalar)
        case .drop:
            break
        case .space:
            endWord(&sequence)
        case .punctuation:
            readAlone(scalar, into: &sequence)
        case .ideograph(let ideograph):
            readAlone(ideograph, into: &sequence)
        case .become(let other):
            readNormalized(other, into: &sequence)
        case .decompose(let others):
            for other in others { readNormalized(other, into: &sequence) }
        case .hangul:
            BertCharacters.letters(ofHangul: scalar) { sequence.append($0) }
        }
    }

    private func readAlone(_ scalar: Unicode.Scalar, into sequence: inout Sequence) {
        endWord(&sequence)
        sequence.append(scalar)
        endWord(&sequence)
    }

    /// Reads what a scalar became. It may be punctuation now: the Greek question mark is a semicolon.
    private func readNormalized(_ scalar: Unicode.Scalar, into sequence: inout Sequence) {
        if characters.isPunctuation(scalar) {
            readAlone(scalar, into: &sequence)
        } else {
            sequence.append(scalar)
        }
    }

    /// Cuts the word read so far into tokens.
    private func endWord(_ sequence: inout Sequence) {
        guard sequence.wordScalars > 0 else { return }
        defer { sequence.startWord() }
        guard sequence.wordScalars <= Self.maximumWordScalars else { return sequence.append(unknown) }
        let before = sequence.tokens.count
        var position = 0
        while position < sequence.word.count {
            let root = position == 0 ? Vocabulary.wordRoot : Vocabulary.continuationRoot
            guard let match = vocabulary.longestMatch(in: sequence.word, from: position, root: root) else {
                sequence.tokens.removeSubrange(before...)
                return sequence.append(unknown)
            }
            sequence.append(match.token)
            position = match.end
        }
    }

    /// Decodes one scalar. The bytes are a `String`'s, so they are well-formed.
    private static func scalar(
        in bytes: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> (scalar: Unicode.Scalar, width: Int) {
        let first = UInt32(bytes[position])
        let width = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var value = first & (0x7F >> UInt32(width))
        for next in bytes[(position + 1)..<(position + width)] { value = value << 6 | UInt32(next & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", width)
    }
}

extension WordPieceTokenizer {
    /// Tokens so far and the word being read.
    private struct Sequence {
        var tokens: [Int32]
        /// UTF-8 of the word, cut off beyond the longest that is looked up.
        var word: [UInt8] = []
        var wordScalars = 0

        init(opening: Int32) {
            tokens = [opening]
            tokens.reserveCapacity(32)
        }

        /// No further token would stay.
        var isFull: Bool { tokens.count >= WordPieceTokenizer.maximumTokens - 1 }

        mutating func append(_ token: Int32) {
            tokens.append(token)
        }

        mutating func append(ascii byte: UInt8) {
            wordScalars += 1
            if wordScalars <= WordPieceTokenizer.maximumWordScalars { word.append(byte) }
        }

        mutating func append(_ scalar: Unicode.Scalar) {
            wordScalars += 1
            if wordScalars <= WordPieceTokenizer.maximumWordScalars { word.append(contentsOf: scalar.utf8) }
        }

        mutating func startWord() {
            word.removeAll(keepingCapacity: true)
            wordScalars = 0
        }

        func closed(with closing: Int32) -> [Int32] {
            tokens.prefix(WordPieceTokenizer.maximumTokens - 1) + [closing]
        }
    }
}
