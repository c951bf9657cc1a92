/// A sequence of questions, each a number of 0..<distinctCount in the order of first appearance.
struct Trace {
    let name: String
    let requests: [Int]
    let distinctCount: Int
    /// What a cache size in percent is a percentage of.
    let sizeBase: Int

    /// - Parameter sizeBase: `nil` for the number of distinct keys.
    init(_ name: String, _ keys: some Sequence<some Hashable>, sizeBase: Int? = nil) {
        var numbers: [AnyHashable: Int] = [:]
        requests = keys.map { key in
            if let number = numbers[key] { return number }
            numbers[key] = numbers.count
            return numbers.count - 1
        }
        self.name = name
        distinctCount = numbers.count
        self.sizeBase = sizeBase ?? distinctCount
    }

    func capacity(_ share: Double) -> Int { max(1, Int((Double(sizeBase) * share).rounded())) }
}
