import HotTier
import Knowledge
import TestSupport
import Testing

@Suite("Hot tier")
struct HotTierTests {
    private let now = Timestamp(milliseconds: 1_000)

    private func get(_ answer: Answer, from tier: HotTier, at time: Timestamp? = nil, isValid: Bool = true) -> Answer? {
        tier.get(answer.fingerprint, key: answer.key, at: time ?? now) { _ in isValid }
    }

    @Test("What was admitted is found, and counted")
    func hit() {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        let answer = Answer.sample()
        #expect(get(answer, from: tier) == nil)
        _ = tier.admit(answer)
        #expect(get(answer, from: tier) === answer)
        #expect(tier.statistics.hits.value == 1)
        #expect(tier.statistics.misses.value == 1)
        #expect(tier.count == 1)
    }

    @Test("A smaller tier lets the oldest go at once, a larger one takes more in", arguments: EvictionPolicy.allCases)
    func resized(policy: EvictionPolicy) throws {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20, policy: policy)
        for number in 0..<10 { _ = tier.admit(.sample("question \(number)")) }
        let outcome = tier.resize(capacity: 4, maximumBytes: 1 << 20)
        if case .resized(let evicted) = outcome { #expect(evicted.count == 6) } else { Issue.record("\(outcome)") }
        #expect(tier.count == 4)
        #expect(tier.isFull)
        _ = tier.resize(capacity: 12, maximumBytes: 1 << 20)
        for number in 10..<30 { _ = tier.admit(.sample("question \(number)")) }
        #expect(tier.count == 12)
        let oneAnswer = Answer.sample("question 0").byteCount
        _ = tier.resize(capacity: 12, maximumBytes: 2 * oneAnswer)
        #expect(tier.byteCount <= 2 * oneAnswer)
    }

    @Test("A tier does not shrink below what pins hold, and stays as it was")
    func resizedBelowPins() {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        for number in 0..<5 {
            let answer = Answer.sample("question \(number)")
            _ = tier.admit(answer)
            _ = tier.pin(answer.fingerprint, tenant: .default)
        }
        if case .resized = tier.resize(capacity: 9, maximumBytes: 1 << 20) { Issue.record("it shrank") }
        #expect(tier.capacity == 10)
        #expect(tier.count == 5)
    }

    @Test(
        "A pinned answer is never evicted; its pin outlasts it and takes the next one in",
        arguments: EvictionPolicy.allCases)
    func pinned(policy: EvictionPolicy) {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20, policy: policy)
        let answer = Answer.sample("pinned")
        #expect(tier.pin(answer.fingerprint, tenant: .default) == .pinned(holdsAnswer: false))
        _ = tier.admit(answer)
        #expect(tier.pin(answer.fingerprint, tenant: .default) == .pinned(holdsAnswer: true))
        for number in 0..<100 { _ = tier.admit(.sample("question \(number)")) }
        #expect(tier.count == 10)
        #expect(get(answer, from: tier) === answer)

        #expect(get(answer, from: tier, isValid: false) == nil)
        #expect(tier.isPinned(answer.fingerprint, tenant: .default))
        let next = Answer.sample("pinned", changeNumber: ChangeNumber(2))
        _ = tier.admit(next)
        for number in 0..<100 { _ = tier.admit(.sample("question \(number)")) }
        #expect(get(next, from: tier) === next)

        tier.flush(tenant: .default)
        #expect(tier.count == 0)
        #expect(tier.pins(tenant: .default) == [HotPin(tenant: .default, fingerprint: answer.fingerprint)])
        _ = tier.admit(next)
        #expect(tier.unpin(answer.fingerprint, tenant: .default))
        #expect(!tier.unpin(answer.fingerprint, tenant: .default))
        for number in 0..<100 { _ = tier.admit(.sample("question \(number)")) }
        #expect(get(next, from: tier) == nil)
        #expect(tier.isConsistent)
    }

    @Test("Pins are at most half of the capacity and hold at most half of the bytes")
    func pinLimits() throws {
        let tier = HotTier(capacity: 5, maximumBytes: 8_000)
        let answers = (0..<3).map { Answer.sample("q \($0)", fragment: [UInt8](repeating: 0, count: 2_000)) }
        #expect(tier.pin(answers[0].fingerprint, tenant: .default) == .pinned(holdsAnswer: false))
        #expect(tier.pin(answers[1].fingerprint, tenant: .default) == .pinned(holdsAnswer: false))
        guard case .refused = tier.pin(answers[2].fingerprint, tenant: .default) else {
            Issue.record("a third pin of 5 answers")
            return
        }
        // Two of these exceed half of the bytes: the second is kept, but may be evicted.
        _ = tier.admit(answers[0])
        _ = tier.admit(answers[1])
        #expect(tier.pin(answers[1].fingerprint, tenant: .default) == .pinned(holdsAnswer: false))
        for number in 0..<9 { _ = tier.admit(.sample("r \(number)")) }
        #expect(get(answers[0], from: tier) === answers[0])
        #expect(get(answers[1], from: tier) == nil)
        #expect(tier.isConsistent)
    }

    @Test("One tenant's pin holds nothing of another")
    func pinsOfTenants() throws {
        let other = try #require(Tenant("other"))
        let tier = HotTier(capacity: 4, maximumBytes: 1 << 20)
        let answer = Answer.sample("q")
        _ = tier.admit(answer)
        #expect(tier.pin(answer.fingerprint, tenant: other) == .pinned(holdsAnswer: false))
        #expect(!tier.isPinned(answer.fingerprint, tenant: .default))
        #expect(!tier.unpin(answer.fingerprint, tenant: .default))
        for number in 0..<4 { _ = tier.admit(.sample("question \(number)")) }
        #expect(get(answer, from: tier) == nil)
        #expect(tier.peek(answer.fingerprint, tenant: .default) == nil)
    }

    @Test("Two keys with one fingerprint are two questions")
    func collision() {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        let one = Answer.sample("one")
        let two = Answer.sample("two", fingerprint: one.fingerprint)
        _ = tier.admit(one)
        #expect(get(two, from: tier) == nil)
        #expect(get(one, from: tier) === one)
    }

    @Test("Expired and invalid answers are dropped and counted apart")
    func droppedWhenFound() {
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        let expiring = Answer.sample("a", expiresAt: now)
        let invalid = Answer.sample("b")
        _ = tier.admit(expiring)
        _ = tier.admit(invalid)
        #expect(get(expiring, from: tier) == nil)
        #expect(get(invalid, from: tier, isValid: false) == nil)
        #expect(tier.count == 0)
        #expect(tier.byteCount == 0)
        #expect(tier.statistics.expirations.value == 1)
        #expect(tier.statistics.invalidations.value == 1)
        #expect(tier.statistics.evictions.value == 0)
    }

    @Test("An expired answer that is kept is no hit, can be looked at until its allowance ends, and goes in its turn")
    func keptExpired() {
        let tier = HotTier(capacity: 2, maximumBytes: 1 << 20, expiredKeptMilliseconds: 500)
        let answer = Answer.sample("a", expiresAt: now)
        _ = tier.admit(answer)
        #expect(get(answer, from: tier) == nil)
        #expect(tier.peek(answer.fingerprint, key: answer.key, at: now) === answer)
        #expect(tier.peek(answer.fingerprint, key: Answer.sample("b").key, at: now) == nil)
        #expect(tier.statistics.expirations.value == 1)
        #expect(tier.statistics.hits.value == 0)

        _ = tier.admit(.sample("b"))
        #expect(get(answer, from: tier) == nil)
        guard case .admitted(let evicted) = tier.admit(.sample("c")) else {
            Issue.record("refused")
            return
        }
        #expect(evicted.map(\.fingerprint) == [answer.fingerprint], "looking for it has renewed it")

        _ = tier.admit(answer)
        let end = now.adding(milliseconds: 500)
        #expect(tier.peek(answer.fingerprint, key: answer.key, at: end) == nil)
        #expect(get(answer, from: tier, at: end) == nil)
        #expect(tier.count == 1)

        _ = tier.admit(answer)
        #expect(get(answer, from: tier, isValid: false) == nil)
        #expect(tier.peek(answer.fingerprint, key: answer.key, at: now) == nil)
        #expect(tier.statistics.invalidations.value == 1)
    }

    @Test("The least recently used go first, over all shards")
    func leastRecentlyUsed() throws {
        let tier = HotTier(capacity: 100, maximumBytes: 1 << 30)
        let answers = (0..<100).map { Answer.sample("question \($0)") }
        for answer in answers { _ = tier.admit(answer) }
        for answer in answers[..<50] { _ = get(answer, from: tier) }
        var evicted: [Answer] = []
        for number in 100..<150 {
            guard case .admitted(let gone) = tier.admit(Answer.sample("question \(number)")) else { continue }
            evicted += gone
        }
        #expect(evicted.map(\.fingerprint) == answers[50...].map(\.fingerprint))
        #expect(tier.count == 100)
        #expect(tier.isConsistent)
    }

    @Test("Bytes are a bound of their own")
    func bytes() {
        let large = [UInt8](repeating: 0x20, count: 10_000)
        let tier = HotTier(capacity: 1_000, maximumBytes: 50_000)
        for number in 0..<20 { _ = tier.admit(.sample("q\(number)", fragment: large)) }
        #expect(tier.byteCount <= 50_000)
        #expect(tier.count == 4)
        guard case .refused = tier.admit(.sample("huge", fragment: [UInt8](repeating: 0x20, count: 60_000))) else {
            Issue.record("an answer larger than the tier was admitted")
            return
        }
        #expect(tier.count == 4)
    }

    @Test("A tier of capacity 0 refuses, saying which setting does it")
    func switchedOff() {
        let tier = HotTier(capacity: 0, maximumBytes: 1 << 20)
        guard case .refused(let reason) = tier.admit(.sample()) else {
            Issue.record("admitted")
            return
        }
        #expect(reason.contains("HOT_CACHE_SIZE=0"))
    }

    @Test("Tenants are flushed and removed apart")
    func tenants() throws {
        let other = try #require(Tenant("other"))
        let tier = HotTier(capacity: 10, maximumBytes: 1 << 20)
        let mine = Answer.sample("q")
        let theirs = Answer.sample("q", tenant: other)
        _ = tier.admit(mine)
        _ = tier.admit(theirs)
        #expect(!tier.remove(theirs.fingerprint, tenant: .default))
        #expect(tier.flush(tenant: .default) == 1)
        #expect(get(mine, from: tier) == nil)
        #expect(get(theirs, from: tier) === theirs)
        #expect(tier.answers(tenant: other).count == 1)
        #expect(tier.remove(theirs.fingerprint, tenant: other))
        #expect(tier.count == 0)
        #expect(tier.isConsistent)
    }

    @Test("Questions asked once do not push out what is asked again", arguments: [EvictionPolicy.sieve, .s3fifo])
    func scan(policy: EvictionPolicy) {
        let tier = HotTier(capacity: 100, maximumBytes: 1 << 30, policy: policy)
        let answers = (0..<50).map { Answer.sample("question \($0)") }
        // Twice after the first time, as S3-FIFO asks of what is to stay.
        for answer in answers + answers + answers where get(answer, from: tier) == nil { _ = tier.admit(answer) }
        for number in 0..<400 {
            if number.isMultiple(of: 40) { for answer in answers { #expect(get(answer, from: tier) === answer) } }
            _ = tier.admit(.sample("scanned \(number)"))
        }
        #expect(tier.count == 100)
        #expect(tier.isConsistent)
    }

    @Test("Under S3-FIFO, what was evicted and is asked again soon outlasts newcomers")
    func ghost() {
        let tier = HotTier(capacity: 20, maximumBytes: 1 << 30, policy: .s3fifo)
        let returning = Answer.sample("returning")
        _ = tier.admit(returning)
        for number in 0..<20 { _ = tier.admit(.sample("first \(number)")) }
        #expect(get(returning, from: tier) == nil)
        _ = tier.admit(returning)
        for number in 0..<200 { _ = tier.admit(.sample("second \(number)")) }
        #expect(get(returning, from: tier) === returning)
    }

    @Test(
        "Threads that admit, get and remove at once leave it consistent and within bounds",
        arguments: EvictionPolicy.allCases)
    func concurrent(policy: EvictionPolicy) async {
        let tier = HotTier(capacity: 64, maximumBytes: 1 << 20, policy: policy)
        let answers = (0..<256).map { Answer.sample("question \($0)") }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<20_000 {
                        let answer = answers[Int.random(in: 0..<answers.count, using: &random)]
                        switch Int.random(in: 0..<10, using: &random) {
                        case 0: tier.remove(answer.fingerprint, tenant: .default)
                        case 1...4: _ = tier.admit(answer)
                        default:
                            _ = tier.get(answer.fingerprint, key: answer.key, at: Timestamp(milliseconds: 1)) { _ in
                                true
                            }
                        }
                    }
                }
            }
        }
        #expect(tier.count <= 64)
        #expect(tier.isConsistent)
    }
}
