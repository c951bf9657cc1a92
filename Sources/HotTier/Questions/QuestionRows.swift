import CScan
import Knowledge

/// The kept questions of one scope: the codes of their vectors in one array, a row an answer. A value type.
///
/// A row that goes is overwritten by the last one, so the array has no gaps.
struct QuestionRows: Sendable {
    /// Rows whose dot products are held at a time: 4 KB on the stack.
    private static let chunk = 1_024

    private let dimension: Int
    private var codes: [Int8] = []
    private var scales: [Float] = []
    private var answers: [Answer] = []
    private var rows: [Fingerprint: Int] = [:]

    init(dimension: Int) {
        self.dimension = dimension
    }

    var count: Int { answers.count }

    func contains(_ answer: Answer) -> Bool { rows[answer.fingerprint].map { answers[$0] === answer } ?? false }

    /// - Parameter answer: of a fingerprint that has no row.
    mutating func insert(_ answer: Answer, _ list: Footprint.VectorList) {
        // Codes of another length would shift all that follow.
        guard list.codes.count == dimension, rows[answer.fingerprint] == nil else { return }
        rows[answer.fingerprint] = answers.count
        answers.append(answer)
        scales.append(list.scale)
        codes += list.codes
    }

    mutating func remove(_ fingerprint: Fingerprint) {
        guard let row = rows.removeValue(forKey: fingerprint) else { return }
        let last = answers.count - 1
        if row != last {
            answers[row] = answers[last]
            scales[row] = scales[last]
            rows[answers[row].fingerprint] = row
            for column in 0..<dimension { codes[row * dimension + column] = codes[last * dimension + column] }
        }
        answers.removeLast()
        scales.removeLast()
        codes.removeLast(dimension)
    }

    /// The answers whose questions' codes are closest to those of another question, the closest first.
    ///
    /// - Parameter question: codes of the rows' dimension; their scale would not change the order.
    func nearest(to question: [Int8], limit: Int, excluding own: Fingerprint, _ kernels: scan_kernels) -> [Answer] {
        guard question.count == dimension, limit > 0 else { return [] }
        var best: [(estimate: Float, row: Int)] = []
        let excluded = rows[own] ?? -1
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.chunk) { dots in
            guard let out = dots.baseAddress else { return }
            codes.withUnsafeBufferPointer { codes in
                guard let base = codes.baseAddress else { return }
                for start in stride(from: 0, to: answers.count, by: Self.chunk) {
                    let count = min(Self.chunk, answers.count - start)
                    kernels.dot_i8(question, base + start * dimension, dimension, dimension, count, out)
                    for index in 0..<count {
                        let estimate = scales[start + index] * Float(dots[index])
                        if best.count == limit, estimate <= best[limit - 1].estimate { continue }
                        if start + index == excluded { continue }
                        let place = best.firstIndex { $0.estimate < estimate } ?? best.count
                        best.insert((estimate, start + index), at: place)
                        if best.count > limit { best.removeLast() }
                    }
                }
            }
        }
        return best.map { answers[$0.row] }
    }
}
