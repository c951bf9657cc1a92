import Knowledge
import Testing

@Suite("Identity of tenants, items and questions")
struct IdentityTests {
    @Test("Tenant names are safe to put into keys and labels")
    func tenants() {
        for name in ["a", "acme", "team-1_x", "0", String(repeating: "a", count: 63)] { #expect(Tenant(name) != nil) }
        for name in ["", "-a", "_a", "A", "a b", "a:b", "é", "a\n", String(repeating: "a", count: 64)] {
            #expect(Tenant(name) == nil)
        }
    }

    @Test("Item ids are positive decimal numbers")
    func itemIDs() {
        #expect(ItemID("42")?.description == "42")
        for text in ["", "0", "-1", "+1", "1.0", "0x1", " 1", "99999999999999999999", "٣"] {
            #expect(ItemID(text) == nil)
        }
    }

    @Test("Questions share a scope when all but their texts is the same")
    func scopes() throws {
        func key(_ question: Question, _ tenant: Tenant = .default, encoder: String = "e") -> QuestionKey {
            QuestionKey(question, tenant: tenant, encoder: encoder, rankingEpoch: 1)
        }
        let one = key(Question(text: "one")).scope
        #expect(key(Question(text: "quite another one")).scope == one)
        #expect(key(Question(text: "")).scope == one)
        let other = try #require(Tenant("other"))
        for different in [
            key(Question(text: "one"), other), key(Question(text: "one"), encoder: "f"),
            key(Question(text: "one", topK: 4)), key(Question(text: "one", category: "c")),
            key(Question(text: "one", tags: ["t"])), key(Question(text: "one", minScore: 0.3)),
            key(Question(text: "one", strategy: .vector)),
        ] { #expect(different.scope != one) }
        #expect(key(Question(text: "One more")).foldedText == "one more")
        #expect(QuestionKey(bytes: [1, 2, 3]).foldedText == "")
    }

    @Test("Fingerprints read back what they print")
    func fingerprints() {
        let fingerprint = Fingerprint(high: 0x00FF, low: 0xABCD_0000_0000_0001)
        #expect(fingerprint.description == "00000000000000ffabcd000000000001")
        #expect(Fingerprint(fingerprint.description) == fingerprint)
        for text in ["", "ff", String(repeating: "g", count: 32), String(repeating: "a", count: 33)] {
            #expect(Fingerprint(text) == nil)
        }
    }

    private func key(
        _ question: Question, tenant: Tenant = .default, encoder: String = "e", epoch: Int = 1
    ) -> QuestionKey {
        QuestionKey(question, tenant: tenant, encoder: encoder, rankingEpoch: epoch)
    }

    @Test("The same question in other dress has the same key")
    func sameKey() {
        let plain = key(Question(text: "npm install hangs", tags: ["a", "b"]))
        #expect(plain == key(Question(text: " NPM  Install hangs ", tags: ["b", "a", "a"])))
    }

    @Test("Whatever can change the answer changes the key")
    func differentKeys() throws {
        let other = try #require(Tenant("other"))
        let keys = [
            key(Question(text: "a")), key(Question(text: "b")), key(Question(text: "a", topK: 3)),
            key(Question(text: "a", category: "")), key(Question(text: "a", category: "x")),
            key(Question(text: "a", tags: ["x"])), key(Question(text: "a", tags: ["x", "y"])),
            key(Question(text: "a", tags: ["xy"])), key(Question(text: "a", minScore: 0.3)),
            key(Question(text: "a", strategy: .lexical)), key(Question(text: "a"), tenant: other),
            key(Question(text: "a"), encoder: "f"), key(Question(text: "a", strategy: .lexical), epoch: 2),
            key(Question(text: "a", strategy: .hybrid)), key(Question(text: "a", strategy: .hybrid), epoch: 2),
            key(Question(text: "a"), encoder: ""), key(Question(text: "a"), encoder: "", epoch: 2),
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test("How words are weighed is part of the key only where words rank")
    func epochOfWords() {
        let sentence = "how do I see who uses the port"
        for question in [Question(text: sentence), Question(text: "E404", strategy: .vector)] {
            #expect(key(question, epoch: 1) == key(question, epoch: 2))
        }
        for question in [Question(text: "E404"), Question(text: sentence, strategy: .hybrid)] {
            #expect(key(question, epoch: 1) != key(question, epoch: 2))
        }
    }
}

@Suite("Content of items")
struct ItemContentTests {
    @Test("Content is normalised")
    func normalised() throws {
        let content = try ItemContent(
            issue: " npm \n hangs ", resolution: " do this\n", category: " ", tags: ["a", " a", "b, c"])
        #expect(content.issue == "npm hangs")
        #expect(content.resolution == " do this\n")
        #expect(content.category == "general")
        #expect(content.tags == ["a", "b, c"])
    }

    @Test("Limits are inclusive and count code points")
    func limits() throws {
        _ = try ItemContent(issue: String(repeating: "é", count: 2_000), resolution: "r")
        #expect(throws: ContentViolation.tooLong(field: "issue", maximum: 2_000, unit: "characters")) {
            try ItemContent(issue: String(repeating: "é", count: 2_001), resolution: "r")
        }
        #expect(throws: ContentViolation.tooShort(field: "issue", minimum: 1)) {
            try ItemContent(issue: " \n", resolution: "r")
        }
        #expect(throws: ContentViolation.tooShort(field: "resolution", minimum: 1)) {
            try ItemContent(issue: "i", resolution: "\t")
        }
        #expect(throws: ContentViolation.tooLong(field: "resolution", maximum: 65_536, unit: "bytes")) {
            try ItemContent(issue: "i", resolution: String(repeating: "x", count: 65_537))
        }
        #expect(throws: ContentViolation.tooLong(field: "tags", maximum: 32, unit: "tags")) {
            try ItemContent(issue: "i", resolution: "r", tags: (0...32).map(String.init))
        }
        #expect(throws: ContentViolation.tooLong(field: "tags", maximum: 64, unit: "characters")) {
            try ItemContent(issue: "i", resolution: "r", tags: [String(repeating: "x", count: 65)])
        }
    }
}
