/// Makes a dictionary of a sample of texts: the segments whose words come up in most other texts.
///
/// FastCOVER, by the algorithm of Liao, Petri, Moffat and Wirth ("Effective Construction of Relative Lempel-Ziv
/// Dictionaries", 2016) as zstd's dictionary builder has it: the sample is cut into as many epochs as the dictionary has
/// segments; of each epoch the segment is taken that has most of the 8-byte strings that many texts have, and these count
/// nothing from then on. Here a string counts once a text, and one that a single text has counts nothing.
///
/// Deterministic: the same texts in the same order make the same dictionary. Linear in the sample.
package enum DictionaryTraining {
    /// Bytes of one string that is counted.
    private static let stringByteCount = 8
    /// Bytes of one segment: shorter ones cut sentences, longer ones bring what nobody repeats.
    static let segmentByteCount = 256
    /// Counters, as a power of two: strings that share one count together.
    private static let counterBits = 18

    /// At most `byteCount` bytes, those of the last epochs last. All of the sample when it is no longer than that.
    package static func dictionary(of texts: [[UInt8]], byteCount: Int = TextDictionary.maximumByteCount) -> [UInt8] {
        let sample = Array(texts.joined())
        guard sample.count > byteCount else { return sample }
        var counts = counts(of: texts)
        let epochs = max(1, byteCount / segmentByteCount)
        let epochByteCount = sample.count / epochs
        var dictionary: [UInt8] = []
        dictionary.reserveCapacity(byteCount)
        var inSegment = [UInt16](repeating: 0, count: 1 << counterBits)
        for epoch in 0..<epochs {
            let start = epoch * epochByteCount
            let end = epoch == epochs - 1 ? sample.count : start + epochByteCount
            guard let best = bestSegment(of: sample, start..<end, &counts, &inSegment) else { continue }
            dictionary += sample[best]
        }
        return dictionary
    }

    /// In how many texts each string is, less one.
    private static func counts(of texts: [[UInt8]]) -> [UInt32] {
        var counts = [UInt32](repeating: 0, count: 1 << counterBits)
        var lastText = [Int32](repeating: -1, count: 1 << counterBits)
        for (number, text) in texts.enumerated() where text.count >= stringByteCount {
            text.withUnsafeBytes { bytes in
                for offset in 0...(text.count - stringByteCount) {
                    let slot = slot(bytes, offset)
                    if lastText[slot] == number { continue }
                    if lastText[slot] >= 0 { counts[slot] += 1 }
                    lastText[slot] = Int32(number)
                }
            }
        }
        return counts
    }

    /// The segment of a range with the highest sum of counts, each string once; its counts are then zero. `nil` when
    /// nothing in the range repeats.
    ///
    /// - Parameter inSegment: how often each string is in the segment looked at; zeros, before and after.
    private static func bestSegment(
        of sample: [UInt8], _ range: Range<Int>, _ counts: inout [UInt32], _ inSegment: inout [UInt16]
    ) -> Range<Int>? {
        let stringsOfSegment = segmentByteCount - stringByteCount + 1
        let last = range.upperBound - stringByteCount
        guard last >= range.lowerBound else { return nil }
        return sample.withUnsafeBytes { bytes -> Range<Int>? in
            var sum = 0
            var best = (sum: 0, start: range.lowerBound)
            func leave(_ offset: Int) {
                let slot = slot(bytes, offset)
                inSegment[slot] -= 1
                if inSegment[slot] == 0 { sum -= Int(counts[slot]) }
            }
            for offset in range.lowerBound...last {
                let entering = slot(bytes, offset)
                if inSegment[entering] == 0 { sum += Int(counts[entering]) }
                inSegment[entering] += 1
                if offset - stringsOfSegment >= range.lowerBound { leave(offset - stringsOfSegment) }
                if sum > best.sum { best = (sum, max(range.lowerBound, offset - stringsOfSegment + 1)) }
            }
            for offset in max(range.lowerBound, last - stringsOfSegment + 1)...last { leave(offset) }
            guard best.sum > 0 else { return nil }
            let end = min(best.start + segmentByteCount, range.upperBound)
            for offset in best.start...max(best.start, end - stringByteCount) { counts[slot(bytes, offset)] = 0 }
            return best.start..<end
        }
    }

    private static func slot(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        // Fibonacci hashing.
        return Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - counterBits))
    }
}
