import HotTier
public import Knowledge
import Routing
import Synchronization

/// Fills hot for an operator: with the answers to given questions, or with those asked most. One run at a time.
public final class WarmUp: Sendable {
    /// Questions of one run.
    public static let maximumQuestions = 1_000
    /// Answers computed at once: askers come first.
    static let concurrency = 2
    /// After this long the rest is skipped: whoever waits for the reply has a time limit too.
    static let timeLimit = Duration.seconds(30)

    private let lookup: Lookup
    private let isStopping: @Sendable () -> Bool
    private let isRunning = Atomic<Bool>(false)

    /// - Parameter isStopping: whether the server is on its way out; the rest is skipped then.
    public init(_ lookup: Lookup, isStopping: @escaping @Sendable () -> Bool = { false }) {
        self.lookup = lookup
        self.isStopping = isStopping
    }

    /// Computes the answers to questions, where hot does not have them, and keeps them there.
    ///
    /// - Returns: `nil` while another run is under way.
    public func run(_ questions: [Question], for caller: Caller) async -> WarmUpCounts? {
        await once { await place(questions) { await self.lookup.warmUp($0, for: caller) } }
    }

    /// Raises the answers that the ledger has counted most from warm. It knows no texts, so what neither tier has is
    /// `unknown`.
    ///
    /// - Returns: `nil` while another run is under way.
    public func run(top limit: Int, for caller: Caller) async -> WarmUpCounts? {
        await once {
            let tiers = lookup.tiers
            let top = tiers.ledger.mostAsked(limit, tenant: caller.tenant, at: tiers.time.now())
            return await place(top.map(\.fingerprint)) { await self.lookup.warmUp($0, for: caller) }
        }
    }

    private func once(_ body: () async -> WarmUpCounts) async -> WarmUpCounts? {
        guard !isRunning.exchange(true, ordering: .relaxed) else { return nil }
        defer { isRunning.store(false, ordering: .relaxed) }
        return await body()
    }

    private func place<Element: Sendable>(
        _ elements: [Element], _ place: @escaping @Sendable (Element) async -> WarmUpOutcome
    ) async -> WarmUpCounts {
        let deadline = ContinuousClock.now + Self.timeLimit
        var counts = WarmUpCounts(requested: elements.count)
        await withTaskGroup(of: WarmUpOutcome.self) { group in
            var begun = 0
            while true {
                while begun < elements.count, begun - counts.finished < Self.concurrency,
                    begun - counts.notPlaced < lookup.tiers.hot.capacity, .now < deadline, !isStopping()
                {
                    let element = elements[begun]
                    begun += 1
                    group.addTask { await place(element) }
                }
                guard let outcome = await group.next() else { break }
                counts.add(outcome)
            }
        }
        return counts
    }
}

/// What became of the questions of a warm-up.
public struct WarmUpCounts: Sendable, Hashable {
    public let requested: Int
    public private(set) var placed = 0
    public private(set) var alreadyHot = 0
    public private(set) var failed = 0
    public private(set) var unknown = 0
    /// Not looked at, for want of time or of room in hot.
    public var skipped: Int { requested - finished }

    init(requested: Int) {
        self.requested = requested
    }

    var finished: Int { placed + alreadyHot + notPlaced }
    var notPlaced: Int { failed + unknown }

    mutating func add(_ outcome: WarmUpOutcome) {
        switch outcome {
        case .placed: placed += 1
        case .alreadyHot: alreadyHot += 1
        case .failed: failed += 1
        case .unknown: unknown += 1
        }
    }
}
