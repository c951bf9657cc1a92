import Knowledge
import Testing

@Suite("The choice of a strategy by the text")
struct StrategyChoiceTests {
    @Test(
        "Sentences are searched by meaning, all else by words too",
        arguments: [
            ("how do I see which process listens there?", StrategyChoice.sentence),
            ("my pods don't get scheduled, the nodes look idle.", .sentence),
            ("the build stopped working after the upgrade, why?!", .sentence),
            ("npm ERR! code E404 when I install my package", .coded),
            ("what does exit status 137 tell me here", .coded),
            ("install fails unless --legacy-peer-deps is given", .coded), ("pass -v to see more of it", .coded),
            ("cannot find libssl.so in any folder there", .coded), ("the file /etc/hosts is ignored by it", .coded),
            ("fatal: the remote end hung up unexpectedly today", .coded),
            ("what does my_table mean in that place", .coded),
            ("it says \"permission denied\" all the time now", .quoted),
            ("it says 'permission denied' all day long", .quoted),
            ("docker", .short), ("npm install hangs", .short), ("", .short),
        ])
    func choice(text: String, expected: StrategyChoice) {
        #expect(StrategyChoice(folded: text.foldedQuestion()) == expected)
        #expect(StrategyChoice(folded: text) == expected, "case must not decide")
    }

    @Test("A strategy that was asked for stands, and without a vector there are only the words")
    func resolution() {
        let sentence = "how do i see which process listens there"
        #expect(SearchStrategy.auto.resolved(folded: sentence, hasVector: true) == .vector)
        #expect(SearchStrategy.auto.resolved(folded: "e404", hasVector: true) == .hybrid)
        for strategy in [SearchStrategy.vector, .lexical, .hybrid] {
            #expect(strategy.resolved(folded: "e404", hasVector: true) == strategy)
        }
        for strategy in SearchStrategy.allCases {
            #expect(strategy.resolved(folded: sentence, hasVector: false) == .lexical)
        }
    }
}
