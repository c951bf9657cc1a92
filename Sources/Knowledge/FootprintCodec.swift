/// A footprint as bytes of an `AnswerEnvelope`, whose version covers it too.
///
/// All numbers are little-endian, one behind the other, counts in 4 bytes:
/// one byte of flags (1 category, 2 vector, 4 words); with a category 8 bytes of it; the tags, counted, 8 bytes each; the
/// candidates, counted, 8 bytes each; with a vector its minimum similarity (8), entry score (8), scale (4), norm of the residual (4) and its
/// codes, counted; with words their entry score (8), average length (8), room for postings (8) and the terms, counted, each
/// hash (8) and idf (8).
enum FootprintCodec {
    private static let hasCategory: UInt8 = 1
    private static let hasVector: UInt8 = 2
    private static let hasWords: UInt8 = 4

    static func encode(_ footprint: Footprint) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(footprint.byteCount)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(
            (footprint.category == nil ? 0 : hasCategory) | (footprint.vector == nil ? 0 : hasVector)
                | (footprint.words == nil ? 0 : hasWords))
        if let category = footprint.category { append(category) }
        append(UInt32(footprint.tags.count))
        for tag in footprint.tags { append(tag) }
        append(UInt32(footprint.candidates.count))
        for candidate in footprint.candidates { append(candidate.rawValue) }
        if let vector = footprint.vector {
            append(vector.minimumSimilarity.bitPattern)
            append(vector.entryScore.bitPattern)
            append(vector.scale.bitPattern)
            append(vector.residualNorm.bitPattern)
            append(UInt32(vector.codes.count))
            bytes.append(contentsOf: vector.codes.lazy.map { UInt8(bitPattern: $0) })
        }
        if let words = footprint.words {
            append(words.entryScore.bitPattern)
            append(words.averageLength.bitPattern)
            append(Int64(words.postingRoom))
            append(UInt32(words.terms.count))
            for term in words.terms {
                append(term.hash)
                append(term.inverseFrequency.bitPattern)
            }
        }
        return bytes
    }

    /// `nil` when the bytes are not exactly one footprint. Any bytes may be given.
    static func decode(_ bytes: Slice<UnsafeRawBufferPointer>) -> Footprint? {
        var reader = Reader(rest: bytes)
        guard let flags: UInt8 = reader.next(), flags & ~(hasCategory | hasVector | hasWords) == 0 else { return nil }
        var category: UInt64?
        if flags & hasCategory != 0 {
            category = reader.next()
            guard category != nil else { return nil }
        }
        guard let tags = reader.array(of: 8, { $0.next() as UInt64? }),
            let candidates = reader.array(of: 8, { reader in (reader.next() as Int64?).map { ItemID($0) } })
        else { return nil }
        var vector: Footprint.VectorList?
        if flags & hasVector != 0 {
            vector = self.vector(&reader)
            guard vector != nil else { return nil }
        }
        var words: Footprint.WordList?
        if flags & hasWords != 0 {
            words = self.words(&reader)
            guard words != nil else { return nil }
        }
        guard reader.rest.isEmpty else { return nil }
        return Footprint(category: category, tags: tags, candidates: candidates, vector: vector, words: words)
    }

    private static func vector(_ reader: inout Reader) -> Footprint.VectorList? {
        guard let minimumSimilarity: UInt64 = reader.next(), let entryScore: UInt64 = reader.next(),
            let scale: UInt32 = reader.next(), let residualNorm: UInt32 = reader.next(),
            let codes = reader.array(of: 1, { $0.next() as Int8? })
        else { return nil }
        return Footprint.VectorList(
            codes: codes, scale: Float(bitPattern: scale), residualNorm: Float(bitPattern: residualNorm),
            minimumSimilarity: Double(bitPattern: minimumSimilarity), entryScore: Double(bitPattern: entryScore))
    }

    private static func words(_ reader: inout Reader) -> Footprint.WordList? {
        guard let entryScore: UInt64 = reader.next(), let averageLength: UInt64 = reader.next(),
            let postingRoom: Int64 = reader.next(),
            let terms = reader.array(
                of: 16,
                { reader -> Footprint.Term? in
                    guard let hash: UInt64 = reader.next(), let frequency: UInt64 = reader.next() else { return nil }
                    return Footprint.Term(hash: hash, inverseFrequency: Double(bitPattern: frequency))
                })
        else { return nil }
        return Footprint.WordList(
            terms: terms, averageLength: Double(bitPattern: averageLength), entryScore: Double(bitPattern: entryScore),
            postingRoom: Int(postingRoom))
    }

    private struct Reader {
        var rest: Slice<UnsafeRawBufferPointer>

        mutating func next<Value: FixedWidthInteger>() -> Value? {
            guard rest.count >= MemoryLayout<Value>.size else { return nil }
            let value = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: Value.self)
            rest = rest.dropFirst(MemoryLayout<Value>.size)
            return Value(littleEndian: value)
        }

        /// `nil` when fewer bytes are left than the count calls for.
        mutating func array<Element>(of size: Int, _ element: (inout Reader) -> Element?) -> [Element]? {
            guard let count: UInt32 = next(), Int(count) * size <= rest.count else { return nil }
            var elements: [Element] = []
            elements.reserveCapacity(Int(count))
            for _ in 0..<count {
                guard let element = element(&self) else { return nil }
                elements.append(element)
            }
            return elements
        }
    }
}
