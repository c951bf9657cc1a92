import Knowledge
import Synchronization

/// Counts connections, and what was refused or timed out on them. Any thread.
package final class FrontFigures: Sendable {
    /// What a client was too slow with.
    package enum SlowPhase: String, Sendable, CaseIterable {
        case head, body, reply, idle
    }

    /// The most connections at once.
    package let capacity: Int
    let refusedConnections = Counter()
    private let open = Atomic(0)
    private let slow: [Counter]
    private let refusedRequests = Mutex<[Int: UInt64]>([:])
    private let replies = Mutex<[Int: UInt64]>([:])

    package init(capacity: Int) {
        self.capacity = capacity
        slow = SlowPhase.allCases.map { _ in Counter() }
    }

    package var openConnections: Int { open.load(ordering: .relaxed) }

    /// Counts a new connection in. False when there are as many as there may be; then it is not counted.
    func enter() -> Bool {
        guard open.wrappingAdd(1, ordering: .relaxed).newValue <= capacity else {
            leave()
            refusedConnections.add()
            return false
        }
        return true
    }

    func leave() { open.wrappingSubtract(1, ordering: .relaxed) }

    func count(_ phase: SlowPhase) {
        for (index, candidate) in SlowPhase.allCases.enumerated() where candidate == phase { slow[index].add() }
    }

    func timeouts(_ phase: SlowPhase) -> UInt64 {
        zip(SlowPhase.allCases, slow).first { $0.0 == phase }?.1.value ?? 0
    }

    /// Counts a request that never reached a route. Few statuses can be: the table stays small.
    func countRefused(status: Int) { refusedRequests.withLock { $0[status, default: 0] += 1 } }

    var refusedByStatus: [(status: Int, count: UInt64)] {
        refusedRequests.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    /// Counts a reply that was written before any route could.
    func countReply(status: Int) { replies.withLock { $0[status / 100, default: 0] += 1 } }

    /// - Parameter name: one of `HTTPMetrics.statusClasses`.
    func replies(ofClass name: String) -> UInt64 {
        replies.withLock { $0.reduce(0) { $0 + ("\($1.key)xx" == name ? $1.value : 0) } }
    }
}
