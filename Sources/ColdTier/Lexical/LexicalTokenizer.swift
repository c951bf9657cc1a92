/// Cuts folded text into the terms that lexical search compares.
///
/// Words are what white space and control characters separate. Of each word, without the quotes, brackets
/// and sentence marks around it, come, each once:
///
/// 1. the whole word: `libssl.so.3`, `--legacy-peer-deps`, `/etc/resolv.conf`, `0x80070005`;
/// 2. what slashes, colons, equal signs, brackets and the like separate in it: `resolv.conf`;
/// 3. its runs of letters and digits: `libssl`, `so`, `3`; an ideograph is a run of its own.
///
/// So an exact code or path weighs most (it is rare), and a part still finds the whole. Pure marks such as
/// `->` or `&&` are no terms. Both items and questions go through here, after `foldedQuestion()`.
/// Pure and bounded; any thread.
package enum LexicalTokenizer {
    /// A longer term is cut to so many bytes of UTF-8, on both sides alike: long enough for any real path or code.
    package static let maximumTermBytes = 96
    /// Terms of an item that are kept, repetitions counted: four times what a long resolution of prose has.
    package static let maximumItemTerms = 8_192
    /// How often one term counts in one item. BM25 gains less than a tenth beyond.
    package static let maximumRepetitions = 8
    /// Different terms of a question that are looked up.
    package static let maximumQuestionTerms = 64

    /// The different terms of a question, in order of appearance, at most `maximumQuestionTerms`.
    package static func questionTerms(_ folded: String) -> [String] {
        var terms: [String] = []
        var seen: Set<String> = []
        forEachTerm(in: folded) { term in
            if seen.insert(term).inserted { terms.append(term) }
            return terms.count < maximumQuestionTerms
        }
        return terms
    }

    /// The terms of an item's texts (folded), in order, with at most `maximumRepetitions` of each.
    package static func itemTerms(_ folded: [String]) -> [String] {
        var terms: [String] = []
        var repetitions: [String: Int] = [:]
        for text in folded {
            forEachTerm(in: text) { term in
                if counted(&repetitions[term, default: 0]) <= maximumRepetitions { terms.append(term) }
                return terms.count < maximumItemTerms
            }
        }
        return Array(terms.prefix(maximumItemTerms))
    }

    private static func counted(_ repetitions: inout Int) -> Int {
        repetitions += 1
        return repetitions
    }

    /// Calls `receive` with each term until it returns false.
    private static func forEachTerm(in folded: String, _ receive: (String) -> Bool) {
        var folded = folded
        folded.withUTF8 { bytes in
            var rest = bytes[...]
            while let start = rest.firstIndex(where: { !isBoundary($0) }) {
                var isPlain = true
                var end = start
                while end < bytes.endIndex, !isBoundary(bytes[end]) {
                    isPlain = isPlain && isWordByte(bytes[end])
                    end += 1
                }
                let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
                guard isPlain ? receive(plainTerm(word)) : forEachTerm(inPiece: word, receive) else { return }
                rest = bytes[end...]
            }
        }
    }

    /// Most words are letters and digits of ASCII, which are one term: the same that `terms(ofWord:)` makes of them, for a
    /// tenth of the time.
    private static func plainTerm(_ word: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: word.prefix(maximumTermBytes), as: UTF8.self)
    }

    /// - Parameter piece: without separators of ASCII.
    /// - Returns: whether `receive` wants more.
    private static func forEachTerm(
        inPiece piece: UnsafeBufferPointer<UInt8>, _ receive: (String) -> Bool
    ) -> Bool {
        for word in String(decoding: piece, as: UTF8.self).unicodeScalars.split(whereSeparator: isBoundary) {
            for term in terms(ofWord: word) {
                guard receive(term) else { return false }
            }
        }
        return true
    }

    private typealias Scalars = String.UnicodeScalarView.SubSequence

    private static func terms(ofWord word: Scalars) -> [String] {
        let word = trimmed(word)
        guard word.contains(where: isWordScalar) else { return [] }
        var terms = [cut(word)]
        func add(_ part: Scalars) {
            let term = cut(part)
            if !terms.contains(term) { terms.append(term) }
        }
        guard !word.allSatisfy({ isWordScalar($0) && !isIdeograph($0) }) else { return terms }
        // A word without end (a data URL, minified code) gives no more parts than an item may have terms.
        for piece in word.split(whereSeparator: isPieceSeparator).prefix(maximumPiecesOfWord) {
            let piece = trimmed(piece)
            if piece.contains(where: isWordScalar) { add(piece) }
        }
        for run in runs(of: word).prefix(maximumPiecesOfWord) { add(run) }
        return terms
    }

    /// Pieces and runs taken of one word: a path or version has far fewer.
    private static let maximumPiecesOfWord = 128

    /// Maximal runs of letters and digits; ideographs singly.
    private static func runs(of word: Scalars) -> [Scalars] {
        var runs: [Scalars] = []
        var start: Scalars.Index?
        for index in word.indices {
            let scalar = word[index]
            if isWordScalar(scalar), !isIdeograph(scalar) {
                start = start ?? index
                continue
            }
            if let begin = start { runs.append(word[begin..<index]) }
            start = nil
            if isIdeograph(scalar) { runs.append(word[index...index]) }
        }
        if let begin = start { runs.append(word[begin...]) }
        return runs
    }

    private static func trimmed(_ word: Scalars) -> Scalars {
        var word = word.drop(while: isOpening)
        while let last = word.last, isClosing(last) { word.removeLast() }
        return word
    }

    private static func cut(_ word: Scalars) -> String {
        var term = String(word)
        guard term.utf8.count > maximumTermBytes else { return term }
        var kept = String.UnicodeScalarView()
        var bytes = 0
        for scalar in word {
            bytes += UTF8.width(scalar)
            if bytes > maximumTermBytes { break }
            kept.append(scalar)
        }
        term = String(kept)
        return term
    }

    private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? isBoundary(UInt8(truncatingIfNeeded: scalar.value)) : scalar.properties.isWhitespace
    }

    /// - Parameter byte: of UTF-8; no byte of a scalar beyond ASCII is a boundary by itself.
    private static func isBoundary(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isWordByte(UInt8(truncatingIfNeeded: scalar.value)) }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: false
        }
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x2E7F && scalar.properties.isIdeographic
    }

    private static let openings = Set("([{<\"'`,;:!?*=|".unicodeScalars)
    private static let closings = Set(")]}>\"'`,;:!?*=|./\\~({[<".unicodeScalars)
    private static let pieceSeparators = Set("/\\=:,;()[]{}<>|\"'`?&@!".unicodeScalars)

    private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? openings.contains(scalar) : isPunctuation(scalar)
    }

    private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? closings.contains(scalar) : isPunctuation(scalar)
    }

    private static func isPieceSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? pieceSeparators.contains(scalar) : isPunctuation(scalar)
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .dashPunctuation:
            true
        default: false
        }
    }
}
