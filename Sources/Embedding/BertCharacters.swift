/// What BERT's uncased normalisation makes of each Unicode scalar.
///
/// The reference cleans the text, puts spaces around ideographs, decomposes (NFD), strips nonspacing marks,
/// lower-cases, and then splits at white space and punctuation. Each of these steps but one looks at one scalar
/// at a time, so their sum is a table; NFD's reordering of marks is the one, and marks that survive the stripping
/// are in no vocabulary. The table is the reference's own, of an older Unicode than Swift's standard library,
/// so that tokens move neither with the toolchain nor away from what the model was trained on.
///
/// Layout: two levels, 256 scalars a page, equal pages stored once. Immutable; any thread may read it.
struct BertCharacters: Sendable {
    enum Effect {
        case keep
        case drop
        case space
        /// A token of its own.
        case punctuation
        /// A word of its own.
        case ideograph(Unicode.Scalar)
        case become(Unicode.Scalar)
        case decompose(ArraySlice<Unicode.Scalar>)
        /// A precomposed Hangul syllable, decomposed by arithmetic (Unicode 3.12).
        case hangul
    }

    static let standard = BertCharacters()

    private enum Kind: UInt32 {
        case keep, drop, space, punctuation, ideograph, become, decompose
    }

    private static let pageBits = 8
    private static let kindShift: UInt32 = 24
    private static let valueMask: UInt32 = 0xFF_FFFF
    /// Sequences are packed as start × 4 + count; the longest has three scalars.
    private static let countBits: UInt32 = 2

    private var pageOfBlock: [UInt16] = []
    /// Kind in the upper 8 bits; below it the scalar or packed sequence it becomes, 0 for itself.
    private var cells: [UInt32] = []
    private var sequences: [Unicode.Scalar] = []

    private init() {
        var all = [UInt32](repeating: 0, count: 0x110000)
        func mark(_ text: String, _ kind: Kind) {
            for range in Self.ranges(text) {
                for value in range { all[Int(value)] = kind.rawValue << Self.kindShift }
            }
        }
        mark(Self.droppedRanges, .drop)
        mark(Self.spaceRanges, .space)
        mark(Self.punctuationRanges, .punctuation)
        mark(Self.ideographRanges, .ideograph)
        for (from, to) in Self.mappings() {
            if to.count == 1 {
                let isIdeograph = all[from] >> Self.kindShift == Kind.ideograph.rawValue
                all[from] = (isIdeograph ? Kind.ideograph : .become).rawValue << Self.kindShift | to[0].value
            } else {
                let packed = UInt32(sequences.count) << Self.countBits | UInt32(to.count)
                all[from] = Kind.decompose.rawValue << Self.kindShift | packed
                sequences += to
            }
        }
        store(all)
    }

    private mutating func store(_ all: [UInt32]) {
        var known: [ArraySlice<UInt32>: UInt16] = [:]
        for start in stride(from: 0, to: all.count, by: 1 << Self.pageBits) {
            let page = all[start..<start + 1 << Self.pageBits]
            if let number = known[page] {
                pageOfBlock.append(number)
                continue
            }
            let number = UInt16(cells.count >> Self.pageBits)
            known[page] = number
            pageOfBlock.append(number)
            cells += page
        }
    }

    func effect(of scalar: Unicode.Scalar) -> Effect {
        let value = Int(scalar.value)
        let cell = cells[Int(pageOfBlock[value >> Self.pageBits]) << Self.pageBits | value & 0xFF]
        let target = cell & Self.valueMask
        switch Kind(rawValue: cell >> Self.kindShift) ?? .keep {
        case .keep: return Self.isHangulSyllable(scalar) ? .hangul : .keep
        case .drop: return .drop
        case .space: return .space
        case .punctuation: return .punctuation
        case .ideograph: return .ideograph(target == 0 ? scalar : Unicode.Scalar(target) ?? scalar)
        case .become: return .become(Unicode.Scalar(target) ?? scalar)
        case .decompose:
            let start = Int(target >> Self.countBits)
            return .decompose(sequences[start..<start + Int(target & (1 << Self.countBits - 1))])
        }
    }

    /// True for what splits words after normalisation. Scalars that become others are judged by what they become.
    func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        if case .punctuation = effect(of: scalar) { return true }
        return false
    }
}

extension BertCharacters {
    private static let firstSyllable: UInt32 = 0xAC00
    private static let syllableCount: UInt32 = 11_172
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28

    private static func isHangulSyllable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= firstSyllable && scalar.value < firstSyllable + syllableCount
    }

    /// The two or three letters of a precomposed syllable.
    static func letters(ofHangul syllable: Unicode.Scalar, _ body: (Unicode.Scalar) -> Void) {
        let index = syllable.value - firstSyllable
        let letters = [
            0x1100 + index / (vowelCount * trailingCount),
            0x1161 + index % (vowelCount * trailingCount) / trailingCount,
            0x11A7 + index % trailingCount,
        ]
        for (place, letter) in letters.enumerated() where place < 2 || index % trailingCount != 0 {
            if let letter = Unicode.Scalar(letter) { body(letter) }
        }
    }

    private static func ranges(_ text: String) -> [ClosedRange<UInt32>] {
        text.split(whereSeparator: \.isWhitespace).compactMap { word in
            let ends = word.split(separator: "-").compactMap { UInt32($0, radix: 16) }
            guard let first = ends.first, let last = ends.last else { return nil }
            return first...last
        }
    }

    private static func mappings() -> [(from: Int, to: [Unicode.Scalar])] {
        mappingPairs.split(whereSeparator: \.isWhitespace).compactMap { word in
            let sides = word.split(separator: ":")
            guard sides.count == 2, let from = Int(sides[0], radix: 16) else { return nil }
            return (
                from, sides[1].split(separator: ",").compactMap { UInt32($0, radix: 16).flatMap(Unicode.Scalar.init) }
            )
        }
    }
}
