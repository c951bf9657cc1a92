/// How far apart two words are in single typing errors: a letter too many, missing, wrong, or two exchanged.
///
/// The optimal string alignment distance (Damerau, 1964, without edits of edits).
enum EditDistance {
    /// Below this, another letter makes another word ("port", "post").
    static let minimumLetters = 6
    /// From this on two errors are still one word.
    static let lettersForTwo = 9
    static let maximumLetters = 32

    static func isTypingError(_ one: String, _ other: String) -> Bool {
        let a = Array(one.utf8)
        let b = Array(other.utf8)
        let shorter = min(a.count, b.count)
        guard shorter >= minimumLetters, max(a.count, b.count) <= maximumLetters else { return false }
        guard (a + b).allSatisfy({ (0x61...0x7A).contains($0) }) else { return false }
        return distance(a, b) <= (shorter >= lettersForTwo ? 2 : 1)
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], beforeLast[j - 2] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
