/// Vectors for tests, and the dot product that every reply's similarity is made of, written the slow way.
public enum SampleVectors {
    /// A random direction of unit length.
    public static func unit(_ dimension: Int, using random: inout SeededGenerator) -> [Float] {
        normalized((0..<dimension).map { _ in gaussian(using: &random) })
    }

    /// A unit vector at about `spread` from another one: the smaller, the closer.
    public static func near(_ center: [Float], spread: Float, using random: inout SeededGenerator) -> [Float] {
        let step = spread / Float(center.count).squareRoot()
        return normalized(center.map { $0 + step * gaussian(using: &random) })
    }

    public static func normalized(_ vector: [Float]) -> [Float] {
        let length = Float(vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
        return length == 0 ? vector : vector.map { $0 / length }
    }

    /// Element j goes to lane j mod 16, multiplied and added in single precision; the lanes are folded by halves.
    public static func fixedOrderDot(_ a: [Float], _ b: [Float]) -> Float {
        var lanes = [Float](repeating: 0, count: 16)
        for index in a.indices {
            let product = a[index] * b[index]
            lanes[index % 16] += product
        }
        var half = 8
        while half > 0 {
            for lane in 0..<half { lanes[lane] += lanes[lane + half] }
            half /= 2
        }
        return lanes[0]
    }

    /// A sum of four uniform numbers: near enough to a normal distribution of variance 1.
    private static func gaussian(using random: inout SeededGenerator) -> Float {
        var sum: Float = 0
        for _ in 0..<4 { sum += Float.random(in: -1...1, using: &random) }
        return sum * 0.866
    }
}
