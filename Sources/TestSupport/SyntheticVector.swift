/// Unit vectors that a text determines: the same text, the same vector; texts that share words have like vectors.
public enum SyntheticVector {
    /// Sum of one pseudo-random direction for each word.
    public static func of(_ text: String, dimension: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for word in text.split(separator: " ") {
            var random = SeededGenerator(
                seed: word.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
            for index in sum.indices { sum[index] += Float.random(in: -1...1, using: &random) }
        }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm > 0 ? sum.map { $0 / norm } : sum
    }
}
