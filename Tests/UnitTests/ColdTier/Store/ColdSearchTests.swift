import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite struct ColdSearchTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func withStore(_ body: (ColdTier) async throws -> Void) async throws {
        let store = try await ColdFixture.open(directory.path)
        try await body(store)
        await store.close()
    }

    @Test("An item's own issue finds it first, by every strategy, with its true cosine")
    func ownIssue() async throws {
        try await withStore { store in
            let issues = ["npm install hangs", "docker pull denied", "git push rejected", "disk is full"]
            for issue in issues { _ = try await store.put(ColdFixture.put(issue, "look at \(issue) again")) }
            for issue in issues {
                for strategy in [SearchStrategy.auto, .vector, .hybrid] {
                    let answer = try await store.find(issue, strategy: strategy)
                    #expect(answer.results.first?.item.content.issue == issue)
                    #expect(answer.results.first?.similarity == 1)
                    #expect(answer.results.first?.basis == .cosine)
                    #expect(answer.changeNumber == ChangeNumber(4))
                    #expect(answer.itemsSearched == 4)
                }
                let lexical = try await store.find(issue, strategy: .lexical)
                #expect(lexical.results.first?.item.content.issue == issue)
                #expect(lexical.results.first?.similarity == 0)
                #expect(lexical.results.first?.basis == .lexical)
            }
        }
    }

    @Test("Given items are ranked as in a search of all, and nothing else is looked at")
    func givenItems() async throws {
        try await withStore { store in
            var ids: [ItemID] = []
            for number in 0..<20 {
                ids.append(try await store.put(ColdFixture.put("npm install hangs \(number) \(number % 3)")).id)
            }
            var search = ColdSearch(
                tenant: .default, text: "npm install hangs 3",
                vector: SyntheticVector.of("npm install hangs 3", dimension: ColdFixture.dimension), topK: 20,
                category: "none has it", minScore: 0, strategy: .vector)
            search.items = [ids[7], ids[3], ids[11], ItemID(999)]
            let given = try await store.search(search)
            search.items = nil
            search.category = nil
            let all = try await store.search(search)
            let chosen: Set = [ids[7], ids[3], ids[11]]
            #expect(given.results == all.results.filter { chosen.contains($0.item.id) })
            #expect(given.results.count == 3)
            search.items = [ids[7]]
            search.minScore = 1
            #expect(try await store.search(search).results.isEmpty)
        }
    }

    @Test("A code, a flag or a path finds the item that names it, and so does a part of it")
    func codes() async throws {
        try await withStore { store in
            _ = try await store.put(ColdFixture.put("peer conflict", "use --legacy-peer-deps", embedded: false))
            _ = try await store.put(
                ColdFixture.put("loader", "libssl.so.3: cannot open shared object", embedded: false))
            _ = try await store.put(ColdFixture.put("windows", "Error 0x80070005", embedded: false))
            for (text, issue) in [
                ("--legacy-peer-deps?", "peer conflict"), ("legacy", "peer conflict"), ("libssl", "loader"),
                ("missing libssl.so.3!", "loader"), ("0X80070005", "windows"),
            ] {
                let answer = try await store.find(text, strategy: .lexical)
                #expect(answer.results.map(\.item.content.issue) == [issue], "\(text)")
            }
        }
    }

    @Test("The least score is exceeded strictly; it filters lexical matches only when it was sent")
    func minScore() async throws {
        try await withStore { store in
            _ = try await store.put(ColdFixture.put("disk full"))
            _ = try await store.put(ColdFixture.put("disk gone", embedded: false))
            #expect(try await store.find("disk full", strategy: .vector, minScore: 1).results.isEmpty)
            #expect(try await store.find("disk full", strategy: .vector, minScore: 0.9999).results.count == 1)
            #expect(try await store.find("disk full", strategy: .hybrid).results.count == 2)
            let sent = try await store.find("disk full", strategy: .hybrid, minScore: 0)
            #expect(sent.results.map(\.item.content.issue) == ["disk full"])
            #expect(try await store.find("disk", strategy: .lexical, minScore: 0).results.isEmpty)
        }
    }

    @Test("Category and tags leave only what has all of them")
    func filters() async throws {
        try await withStore { store in
            for number in 0..<12 {
                _ = try await store.put(
                    ColdFixture.put(
                        "disk number \(number)", category: number % 2 == 0 ? "even" : "odd",
                        tags: ["n\(number % 3)", "m\(number % 4)"]))
            }
            for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                let answer = try await store.find(
                    "disk number", strategy: strategy, topK: 20, category: "even", tags: ["n0", "m2"],
                    minScore: strategy == .vector ? 0 : nil)
                #expect(answer.results.map(\.item.content.issue) == ["disk number 6"])
                #expect(answer.itemsSearched == 1)
            }
            #expect(try await store.find("disk", strategy: .lexical, category: "none").results.isEmpty)
        }
    }

    @Test("Another tenant's items are not found and move no score")
    func tenants() async throws {
        try await withStore { store in
            let other = try #require(Tenant("other"))
            for issue in ["disk full", "disk slow", "cable cut"] { _ = try await store.put(ColdFixture.put(issue)) }
            var before: [ColdAnswer] = []
            for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
                before.append(try await store.find("disk full", strategy: strategy))
            }
            let epoch = store.rankingEpoch(.default)
            let theirs = try (0..<50).map { try ColdFixture.put("disk full \($0)", tenant: other) }
            _ = try await store.write(theirs)
            for (strategy, answer) in zip([SearchStrategy.vector, .lexical, .hybrid], before) {
                #expect(try await store.find("disk full", strategy: strategy).results == answer.results)
            }
            #expect(store.rankingEpoch(.default) == epoch)
            let item = try #require(before[0].results.first?.item)
            #expect(try await store.item(item.id, tenant: other) == nil)
            #expect(try await store.items(tenant: other, limit: 100).count == 50)
        }
    }

    @Test("Statistics stay frozen until a tenth has changed, also over a restart; then the epoch turns")
    func epochs() async throws {
        func issue(_ number: Int) throws -> ItemWrite { try ColdFixture.put("disk number \(number)", embedded: false) }
        var answer: ColdAnswer?
        var epoch = 0
        try await withStore { store in
            _ = try await store.write((0..<100).map(issue))
            epoch = store.rankingEpoch(.default)
            answer = try await store.find("number 7", strategy: .lexical, topK: 1)
            _ = try await store.write((100..<109).map(issue))
        }
        try await withStore { store in
            #expect(store.rankingEpoch(.default) == epoch)
            let later = try await store.find("number 7", strategy: .lexical, topK: 1)
            #expect(later.results == answer?.results)
            #expect(later.rankingEpoch == epoch)
            _ = try await store.write([issue(109)])
            #expect(store.rankingEpoch(.default) == epoch + 1)
            #expect(try await store.find("number 7", strategy: .lexical, topK: 1).results != answer?.results)
        }
    }

    @Test("More searches than allowed are refused, and the next is answered")
    func overload() async throws {
        let store = try await ColdFixture.open(directory.path, concurrentSearches: 1, maximumPendingSearches: 1)
        _ = try await store.put(ColdFixture.put("disk full"))
        let refused = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    do throws(ColdError) {
                        _ = try await store.find("disk", strategy: .lexical)
                        return false
                    } catch {
                        return error == .overloaded
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused > 0)
        #expect(try await store.find("disk", strategy: .lexical).results.count == 1)
        await store.close()
    }
}
