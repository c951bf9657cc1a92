import Knowledge
import Routing
import Testing

@Suite("Router")
struct RoutingRulesTests {
    private let now = Timestamp(milliseconds: 1_000_000_000)

    private func decide(
        count: Int, secondsSincePrevious: Int64? = nil, quality: Double = 0, text: String = "why is it slow",
        hotIsFull: Bool = false
    ) -> RoutingDecision {
        let previous = secondsSincePrevious.map { now.adding(milliseconds: -$0 * 1_000) }
        return RoutingRules().decide(
            AccessRecord(count: count, previousAccess: previous, quality: nil), quality: quality, folded: text,
            at: now, hotIsFull: hotIsFull)
    }

    @Test("Each rule in its turn, with its reason")
    func rules() {
        #expect(decide(count: 10) == RoutingDecision(tier: .hot, rule: .accessCount, reason: "High access count: 10"))
        #expect(
            decide(count: 3, secondsSincePrevious: 300)
                == RoutingDecision(
                    tier: .hot, rule: .recentFrequentAccess, reason: "Recent frequent access: 3 times"))
        #expect(
            decide(count: 2, secondsSincePrevious: 301, quality: 0.8)
                == RoutingDecision(tier: .hot, rule: .quality, reason: "High quality results: 0.8"))
        #expect(
            decide(count: 1, text: "server is down")
                == RoutingDecision(tier: .hot, rule: .criticalKeywords, reason: "Critical keywords detected"))
        #expect(
            decide(count: 3, secondsSincePrevious: 301)
                == RoutingDecision(tier: .warm, rule: .moderateAccess, reason: "Moderate access: 3 times"))
        #expect(
            decide(count: 2, secondsSincePrevious: 10)
                == RoutingDecision(tier: .warm, rule: .recentAccess, reason: "Recent access detected"))
        #expect(
            decide(count: 1, text: "how to install it")
                == RoutingDecision(tier: .warm, rule: .commonPattern, reason: "Common troubleshooting pattern"))
        #expect(
            decide(count: 1)
                == RoutingDecision(
                    tier: .cold, rule: .comprehensiveSearch, reason: "Comprehensive search required"))
    }

    @Test("A pin comes before every rule")
    func pinned() {
        let decision = RoutingRules().decide(
            AccessRecord(count: 1, previousAccess: nil, quality: nil), quality: 0, folded: "", at: now, hotIsFull: true,
            isPinned: true)
        #expect(decision == RoutingDecision(tier: .hot, rule: .pinned, reason: "Pinned"))
    }

    @Test("The first rule that matches wins")
    func order() {
        #expect(decide(count: 10, secondsSincePrevious: 1, quality: 1, text: "error").rule == .accessCount)
        #expect(decide(count: 9, secondsSincePrevious: 1, quality: 1, text: "error").rule == .recentFrequentAccess)
        #expect(decide(count: 2, secondsSincePrevious: 1, quality: 1, text: "error").rule == .quality)
        #expect(decide(count: 1, quality: 1, text: "install error").rule == .criticalKeywords)
        #expect(decide(count: 2, secondsSincePrevious: 1, quality: 0.79, text: "npm").rule == .recentAccess)
    }

    @Test("A critical word needs a second asking when hot is full")
    func fullHot() {
        #expect(decide(count: 1, text: "npm crash", hotIsFull: true).rule == .commonPattern)
        #expect(decide(count: 2, secondsSincePrevious: 1, text: "npm crash", hotIsFull: true).rule == .criticalKeywords)
    }

    @Test(
        "Keywords are whole words",
        arguments: [
            ("failover of the cluster", false), ("it fails", true), ("downloads stall", false), ("down!", true),
            ("E404-error:", true), ("terror", false), ("the error_code", true),
        ])
    func wholeWords(text: String, critical: Bool) {
        #expect((decide(count: 1, text: text.foldedQuestion()).rule == .criticalKeywords) == critical)
    }

    @Test("A phrase matches its words in a row")
    func phrases() {
        let keywords = KeywordSet(["Out of Memory", " ", "ÉCHEC"])
        #expect(keywords.matches("it is out of memory again"))
        #expect(keywords.matches("out-of-memory"))
        #expect(!keywords.matches("out of my memory"))
        #expect(keywords.matches("un échec".foldedQuestion()))
    }
}

@Suite("Access ledger")
struct AccessLedgerTests {
    private func fingerprint(_ number: UInt64) -> Fingerprint {
        Fingerprint(high: number &* 0x9E37_79B9_7F4A_7C15, low: number)
    }

    @Test("A record counts this asking and tells of the one before")
    func counts() {
        let ledger = AccessLedger()
        let start = Timestamp(milliseconds: 5_000)
        #expect(
            ledger.record(fingerprint(1), at: start) == AccessRecord(count: 1, previousAccess: nil, quality: nil))
        ledger.note(quality: 0.5, of: fingerprint(1))
        #expect(
            ledger.record(fingerprint(1), at: start.adding(milliseconds: 7))
                == AccessRecord(count: 2, previousAccess: start, quality: 0.5))
        #expect(ledger.record(fingerprint(2), at: start).count == 1)
    }

    @Test("Counts fade by half each half-life")
    func aging() {
        let ledger = AccessLedger()
        var now = Timestamp(milliseconds: 0)
        for _ in 1...8 { _ = ledger.record(fingerprint(1), at: now) }
        now = now.adding(milliseconds: AccessLedger.agingHalfLifeMilliseconds)
        #expect(ledger.record(fingerprint(1), at: now).count == 5)
        now = now.adding(milliseconds: 100 * AccessLedger.agingHalfLifeMilliseconds)
        #expect(ledger.record(fingerprint(1), at: now).count == 1)
    }

    @Test("What is kept over a restart is remembered after it, the latest first to stay")
    func restored() {
        let ledger = AccessLedger()
        for number in 0..<100 as Range<UInt64> {
            for _ in 0...number { _ = ledger.record(fingerprint(number), at: Timestamp(milliseconds: Int64(number))) }
        }
        ledger.note(quality: 0.5, of: fingerprint(99))
        let kept = ledger.mostRecent(10)
        #expect(kept.map(\.fingerprint) == (90..<100).map { fingerprint($0) })
        let next = AccessLedger()
        // A clock that was set back: no access is later than now.
        next.restore(kept, at: Timestamp(milliseconds: 95))
        #expect(next.count == 10)
        #expect(
            next.record(fingerprint(99), at: Timestamp(milliseconds: 96))
                == AccessRecord(count: 101, previousAccess: Timestamp(milliseconds: 95), quality: 0.5))
        let small = AccessLedger(capacity: 8)
        small.restore(kept, at: Timestamp(milliseconds: 100))
        #expect(small.count <= 8)
    }

    @Test("The most asked of a tenant, by counts that fade")
    func mostAsked() throws {
        let ledger = AccessLedger()
        let other = try #require(Tenant("other"))
        let now = Timestamp(milliseconds: 5 * AccessLedger.agingHalfLifeMilliseconds)
        // Long ago.
        for _ in 0..<64 { _ = ledger.record(fingerprint(1), at: Timestamp(milliseconds: 0)) }
        for _ in 0..<3 { _ = ledger.record(fingerprint(2), at: now) }
        for _ in 0..<9 { _ = ledger.record(fingerprint(3), of: other, at: now) }
        _ = ledger.record(fingerprint(4), at: now)
        let top = ledger.mostAsked(2, tenant: .default, at: now)
        #expect(top.map(\.fingerprint) == [fingerprint(2), fingerprint(1)])
        #expect(ledger.mostAsked(9, tenant: other, at: now).map(\.fingerprint) == [fingerprint(3)])
    }

    @Test("A clock that steps back neither fades counts nor traps")
    func clockStepsBack() {
        let ledger = AccessLedger()
        _ = ledger.record(fingerprint(1), at: Timestamp(milliseconds: 10_000))
        #expect(ledger.record(fingerprint(1), at: Timestamp(milliseconds: 0)).count == 2)
    }

    @Test("A million questions leave it within its capacity, with the latest known")
    func bounded() {
        let ledger = AccessLedger(capacity: 1_024)
        for number in 0..<1_000_000 as Range<UInt64> {
            _ = ledger.record(fingerprint(number), at: Timestamp(milliseconds: 0))
        }
        #expect(ledger.count <= 1_024)
        #expect(ledger.record(fingerprint(999_999), at: Timestamp(milliseconds: 0)).count == 2)
        #expect(ledger.record(fingerprint(0), at: Timestamp(milliseconds: 0)).count == 1)
    }
}
