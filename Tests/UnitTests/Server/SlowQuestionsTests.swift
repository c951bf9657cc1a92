import Knowledge
import Pipeline
import Server
import Testing

@Suite("The slowest questions of late")
struct SlowQuestionsTests {
    private static let start = Timestamp(milliseconds: 1_000_000)

    private func question(
        _ tenant: Tenant = .default, milliseconds: Int, at: Timestamp = Self.start
    ) -> SlowQuestion {
        SlowQuestion(
            tenant: tenant, text: "took \(milliseconds)", askedAt: at, elapsed: .milliseconds(milliseconds),
            servedBy: .cold, requestID: "r", steps: [])
    }

    @Test("What is fast is not kept, and once the places are taken only what is slower than the fastest")
    func floor() throws {
        let slow = SlowQuestions()
        #expect(!slow.isSlow(.microseconds(900)))
        #expect(slow.isSlow(.milliseconds(2)))
        let tenants = try (0..<4).map { try #require(Tenant("t\($0)")) }
        for index in 0..<SlowQuestions.capacity {
            slow.note(question(tenants[index % 4], milliseconds: 10 + index))
        }
        #expect(!slow.isSlow(.milliseconds(10)))
        #expect(slow.isSlow(.milliseconds(11)))
        slow.note(question(tenants[0], milliseconds: 1_000))
        #expect(!slow.isSlow(.milliseconds(11)))
        #expect(slow.slowest(1, of: tenants[0], at: Self.start).map(\.text) == ["took 1000"])
        #expect(!slow.slowest(100, of: tenants[0], at: Self.start).contains { $0.text == "took 10" })
    }

    @Test("A tenant sees its own alone, the slowest first, and holds no more than its places")
    func tenants() throws {
        let slow = SlowQuestions()
        let other = try #require(Tenant("other"))
        slow.note(question(other, milliseconds: 5))
        for milliseconds in 100..<(100 + 2 * SlowQuestions.tenantCapacity) {
            slow.note(question(milliseconds: milliseconds))
        }
        let own = slow.slowest(1_000, of: .default, at: Self.start)
        #expect(own.count == SlowQuestions.tenantCapacity)
        #expect(own.first?.elapsed == .milliseconds(99 + 2 * SlowQuestions.tenantCapacity))
        #expect(own.map(\.elapsed) == own.map(\.elapsed).sorted(by: >))
        #expect(slow.slowest(10, of: other, at: Self.start).map(\.text) == ["took 5"])
    }

    @Test("An hour later a question is forgotten, and the floor with it")
    func age() {
        let slow = SlowQuestions()
        for index in 0..<SlowQuestions.capacity {
            slow.note(question(index % 2 == 0 ? .default : .init("b") ?? .default, milliseconds: 500 + index))
        }
        #expect(!slow.isSlow(.milliseconds(100)))
        let later = Self.start.adding(milliseconds: SlowQuestions.maximumAgeMilliseconds + 1)
        slow.forgetOld(at: later)
        #expect(slow.isSlow(.milliseconds(100)))
        #expect(slow.slowest(10, of: .default, at: later).isEmpty)
    }
}
