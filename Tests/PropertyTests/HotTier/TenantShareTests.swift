import HotTier
import Knowledge
import TestSupport
import Testing

@Suite("A tenant's share of the hot tier")
struct TenantShareTests {
    private static let tenants = ["a", "b", "c"].compactMap { Tenant($0) }

    /// Under LRU, a list with the most recently used last.
    private struct Model {
        var held: [Answer] = []
        let capacity: Int
        let maximumBytes: Int
        let share: Double

        mutating func admit(_ answer: Answer) -> [Answer]? {
            let limit = (count: max(1, Int(Double(capacity) * share)), bytes: Int(Double(maximumBytes) * share))
            guard capacity > 0, answer.byteCount <= limit.bytes else { return nil }
            held.removeAll { $0.fingerprint == answer.fingerprint }
            var evicted: [Answer] = []
            while true {
                let own = held.filter { $0.tenant == answer.tenant }
                guard own.count + 1 > limit.count || Self.bytes(own) + answer.byteCount > limit.bytes else { break }
                evicted.append(own[0])
                held.removeAll { $0 === own[0] }
            }
            while held.count + 1 > capacity || Self.bytes(held) + answer.byteCount > maximumBytes {
                evicted.append(held.removeFirst())
            }
            held.append(answer)
            return evicted
        }

        private static func bytes(_ answers: [Answer]) -> Int { answers.reduce(0) { $0 + $1.byteCount } }
    }

    @Test("At its share a tenant loses its own oldest, as on paper")
    func history() {
        let seed = SeededGenerator.announcedSeed()
        var random = SeededGenerator(seed: seed)
        for round in 0..<30 {
            let capacity = Int.random(in: 1...30, using: &random)
            let maximumBytes = Int.random(in: 4_000...30_000, using: &random)
            let share = Double.random(in: 0.1...0.9, using: &random)
            let tier = HotTier(capacity: capacity, maximumBytes: maximumBytes, tenantShare: share)
            var model = Model(capacity: capacity, maximumBytes: maximumBytes, share: share)
            for step in 0..<1_000 {
                let tenant = Self.tenants[Int.random(in: 0..<3, using: &random)]
                let text = "question \(Int.random(in: 0..<20, using: &random))"
                let asked = Answer.sample(text, tenant: tenant)
                if Bool.random(using: &random) {
                    let found = tier.get(asked.fingerprint, key: asked.key, at: Timestamp(milliseconds: 1)) { _ in
                        true
                    }
                    let index = model.held.firstIndex { $0.fingerprint == asked.fingerprint }
                    #expect((found == nil) == (index == nil), "seed \(seed), round \(round), step \(step)")
                    if let index { model.held.append(model.held.remove(at: index)) }
                } else {
                    let size = Int.random(in: 0...2_000, using: &random)
                    let answer = Answer.sample(text, tenant: tenant, fragment: [UInt8](repeating: 0, count: size))
                    let replaced = tier.peek(answer.fingerprint, tenant: tenant) != nil
                    let evicted = tier.admit(answer)
                    let expected = model.admit(answer)
                    switch (evicted, expected) {
                    case (.admitted(let gone), let expected?):
                        // Replacing first puts the new one in place and then makes room: the order is another.
                        if !replaced { #expect(gone.map(\.fingerprint) == expected.map(\.fingerprint)) }
                    case (.refused, nil): break
                    default: Issue.record("seed \(seed), round \(round), step \(step): \(evicted)")
                    }
                }
                #expect(Set(tier.answersOldestFirst().map(\.fingerprint)) == Set(model.held.map(\.fingerprint)))
            }
            #expect(tier.isConsistent)
        }
    }

    @Test(
        "Threads of several tenants, with pins, leave it consistent and within bounds",
        arguments: EvictionPolicy.allCases)
    func concurrent(policy: EvictionPolicy) async {
        let tier = HotTier(capacity: 60, maximumBytes: 1 << 20, policy: policy, tenantShare: 0.4)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<10_000 {
                        let tenant = Self.tenants[Int.random(in: 0..<3, using: &random)]
                        let answer = Answer.sample("q \(Int.random(in: 0..<80, using: &random))", tenant: tenant)
                        switch Int.random(in: 0..<20, using: &random) {
                        case 0: tier.remove(answer.fingerprint, tenant: tenant)
                        case 1: _ = tier.pin(answer.fingerprint, tenant: tenant)
                        case 2: tier.unpin(answer.fingerprint, tenant: tenant)
                        case 3...10: _ = tier.admit(answer)
                        default:
                            _ = tier.get(answer.fingerprint, key: answer.key, at: Timestamp(milliseconds: 1)) { _ in
                                true
                            }
                        }
                    }
                }
            }
        }
        #expect(tier.count <= 60)
        for tenant in Self.tenants {
            #expect(tier.answers(tenant: tenant).count <= 24)
            #expect(tier.pins(tenant: tenant).count <= 12)
        }
        #expect(tier.isConsistent)
    }
}
