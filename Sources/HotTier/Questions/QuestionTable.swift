import CScan
import Knowledge
import Synchronization

/// The questions of kept answers by their vectors, for finding those that are close to another.
///
/// Questions of one scope (`QuestionKey.scope`: one tenant, the same options and encoder) lie together, and only they are
/// scanned. Their codes are a copy of those in the answers' footprints: 384 bytes more an answer, for a scan of one array
/// takes a fraction of what following a reference an answer would.
///
/// Only answers that vectors ranked and that have results have a row. One lock, held for a scan: about 10 µs for 1,000
/// questions; nothing is copied under it but `limit` references. Any thread.
final class QuestionTable: Sendable {
    /// Rows of all scopes together: about 4 MB, and 0.1 ms to scan. Answers beyond are found by their own question alone.
    static let maximumCount = 10_000

    private struct State {
        var scopes: [[UInt8]: QuestionRows] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let kernels = scan_kernels_best()

    /// The answer's list by vectors, if its question may be found by likeness.
    static func list(of answer: Answer) -> Footprint.VectorList? {
        guard answer.resultCount > 0, answer.footprint?.words == nil else { return nil }
        return answer.footprint?.vector
    }

    func insert(_ answer: Answer) {
        guard let list = Self.list(of: answer) else { return }
        let scope = answer.key.scope
        state.withLock { state in
            guard state.count < Self.maximumCount else { return }
            let before = state.scopes[scope]?.count ?? 0
            state.scopes[scope, default: QuestionRows(dimension: list.codes.count)].insert(answer, list)
            state.count += (state.scopes[scope]?.count ?? 0) - before
        }
    }

    func remove(_ answer: Answer) {
        guard Self.list(of: answer) != nil else { return }
        let scope = answer.key.scope
        state.withLock { state in
            let before = state.scopes[scope]?.count ?? 0
            state.scopes[scope]?.remove(answer.fingerprint)
            let after = state.scopes[scope]?.count ?? 0
            state.count -= before - after
            if after == 0 { state.scopes[scope] = nil }
        }
    }

    func nearest(to question: [Int8], scope: [UInt8], limit: Int, excluding own: Fingerprint) -> [Answer] {
        state.withLock { state in
            state.scopes[scope]?.nearest(to: question, limit: limit, excluding: own, kernels) ?? []
        }
    }

    /// Whether it has a row for each of these answers that may be found, and no other. For tests.
    func holds(_ answers: [Answer]) -> Bool {
        let findable = answers.filter { Self.list(of: $0) != nil }
        return state.withLock { state in
            state.count == min(findable.count, Self.maximumCount)
                && state.count == state.scopes.values.reduce(0) { $0 + $1.count }
                && (findable.count > Self.maximumCount
                    || findable.allSatisfy { state.scopes[$0.key.scope]?.contains($0) == true })
        }
    }
}
