import Foundation
import HotTier
import Testing

@Suite("Guard of semantic hits")
struct GuardTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config/guard").path

    private static func verdict(_ asked: String, _ cached: String, cosine: Float = 0.9) throws -> GuardVerdict {
        let semanticGuard = SemanticGuard(try GuardLexicon(folder: folder))
        let (a, b) = (semanticGuard.analysis(of: asked), semanticGuard.analysis(of: cached))
        let verdict = semanticGuard.check(asked: a, cached: b, cosine: cosine)
        #expect(verdict == semanticGuard.check(asked: b, cached: a, cosine: cosine), "the check is not symmetric")
        return verdict
    }

    @Test(
        "Near misses are refused, and the rule is named",
        arguments: [
            (GuardRule.tooShort, "help", "help me"),
            (
                .negation, "nginx does not reload the certificate after renewal",
                "nginx reloads the certificate after renewal"
            ),
            (.negation, "pods without limits are evicted", "pods with limits are evicted"),
            (.code, "curl fails with exit code 7", "curl fails with exit code 28"),
            (.code, "compiler error E0499 in a loop", "compiler error E0502 in a loop"),
            (.number, "migrate a cluster to kafka 2.8", "migrate a cluster to kafka 3.5"),
            (.identifier, "what does max_wal_size change on a replica", "what does wal_keep_size change on a replica"),
            (
                .quotation, "linker cannot find \"libfoo\" on the build server",
                "linker cannot find \"libbar\" on the build server"
            ),
            (.antonym, "mount the backup volume at login", "unmount the backup volume at login"),
            (.antonym, "screen is far too bright in the evening", "screen is far too dark in the evening"),
            (.direction, "convert a repository from mercurial to git", "convert a repository from git to mercurial"),
            (.technology, "restore one table in postgres", "restore one table in mariadb"),
            (.operatingSystem, "change the host name on fedora", "change the host name on freebsd"),
            (.object, "printer is not found after the update", "scanner is not found after the update"),
            (.scope, "rebuild every page of the wiki", "rebuild the page of the wiki"),
            (.quantity, "the queue holds too many messages", "the queue holds messages"),
            (.questionKind, "why does the build cache grow", "where does the build cache grow"),
            (.swappedRoles, "worker cannot see the scheduler", "scheduler cannot see the worker"),
            (.swappedRoles, "the broker drops the sensor", "the broker is dropped by the sensor"),
            (.swappedRoles, "does drought cause war", "does war cause drought"),
            (.quantity, "sync finishes immediately on the tablet", "sync finishes on the tablet"),
            (.contentWords, "rotate the log of the billing job", "rotate the log of the payroll job"),
        ])
    func nearMiss(rule: GuardRule, asked: String, cached: String) throws {
        #expect(try Self.verdict(asked, cached) == .rejected(rule))
    }

    @Test(
        "The same question in other words is reused",
        arguments: [
            ("In Jenkins, the nightly job never starts", "the nightly job never starts in Jenkins"),
            ("the proxy strips the authorization header", "the authorization header is stripped by the proxy"),
            ("How do I rename a column in sqlite?", "What is the best way to rename a column in SQLite?"),
            ("can't connect to the database on 10.0.0.4", "Cannot connect to the database on 192.168.7.20"),
            ("assertion failed in scheduler on line 41", "assertion failed in scheduler on line 973"),
            ("Port 4173 is taken when the preview starts", "port 4931 is taken when the preview starts"),
            ("postgres replication slot is lagging", "postgresql replication slots are lagging"),
            ("the provisionning of the gateway expires tonight", "the provisioning of the gateway expires tonight"),
            ("why did the writer lose its lock", "Why has the writer lost its lock?"),
        ])
    func paraphrase(asked: String, cached: String) throws {
        #expect(try Self.verdict(asked, cached) == .accepted)
    }

    @Test(
        "Questions are forgiven what says little, from a cosine on",
        arguments: [
            // A common word on one side.
            (0.90, "What are good crime novels about Venice?", "What are good crime novels to read about Venice?"),
            // Words of neighbouring meaning.
            (0.90, "Where can I acquire a harp in Lyon?", "Where can I purchase a harp in Lyon?"),
            // Words of one family.
            (0.90, "How do I germinate orchid seeds?", "How to manage the germination of orchid seeds?"),
            // Kinds of question.
            (0.92, "What is your opinion about lime plaster?", "How do you feel about lime plaster?"),
            // Praise beside a single word, and a single word.
            (0.90, "Who is the best cellist?", "Who is the most famous cellist?"),
            (0.95, "What is a lathe?", "What is the lathe?"),
            // A scope.
            (0.90, "Do owls hunt voles?", "Do all owls hunt voles?"),
        ] as [(Float, String, String)])
    func step(cosine: Float, asked: String, cached: String) throws {
        #expect(try Self.verdict(asked, cached, cosine: cosine) == .accepted)
        guard case .rejected = try Self.verdict(asked, cached, cosine: cosine - 0.01) else {
            Issue.record("accepted below \(cosine)")
            return
        }
    }

    @Test(
        "However near the vectors, these stay apart",
        arguments: [
            // A report is told by every word.
            (GuardRule.contentWords, "blender render stops at night", "blender render stops later at night"),
            // A rare word, a name.
            (.contentWords, "How do I tune a harp?", "How do I tune a Celtic harp?"),
            (.contentWords, "Which trams go to Graz?", "Which trams go to Linz?"),
            (.contentWords, "What are the best gifts for you?", "What are the best gifts for grandmothers?"),
            (.number, "Who won the Graz marathon in 2011?", "Who won the Graz marathon in 2012?"),
            (.questionKind, "How can I graft a pear tree?", "Can I graft a pear tree?"),
            (.questionKind, "What does a village notary do?", "What is a village notary?"),
            (.questionKind, "Has the ferry sunk before?", "Does the ferry sink before?"),
            (
                .tooShort, "What is the area of this figure with corners?",
                "What is the area of the figure with corners?"
            ),
        ] as [(GuardRule, String, String)])
    func apart(rule: GuardRule, asked: String, cached: String) throws {
        #expect(try Self.verdict(asked, cached, cosine: 0.99) == .rejected(rule))
    }

    @Test(
        "Words that look alike are kept apart, other spellings are one",
        arguments: [
            ("the notes of the choir are printed", "notes of the choir are printed"),
            ("steel bars rust on the roof", "on the roof, steel bars rust"),
            ("the colour of the harbour webcam is off", "the color of the harbor webcam is off"),
            ("a low-voltage relay clicks", "a low voltage relay clicks"),
            ("salt & vinegar stain the marble", "salt and vinegar stain the marble"),
            ("How do lutes and harps differ in tuning?", "How do harps and lutes differ in tuning?"),
            ("What is the way to get harp lessons?", "What is the way to get lessons for harp?"),
            ("Do geese sleep or not?", "Do geese sleep?"),
        ])
    func spelling(asked: String, cached: String) throws {
        #expect(try Self.verdict(asked, cached) == .accepted)
        #expect(try Self.verdict("notes on the harp", "not on the harp") != .accepted)
        #expect(try Self.verdict("bars of the cage bend", "the cage barely bends") != .accepted)
    }

    @Test("A question is always as good as itself, if it says enough")
    func itself() throws {
        let text = "ERROR 1064 (42000) at line 3 when I import \"dump.sql\" from /tmp into MySQL 8, how can I fix it?"
        #expect(try Self.verdict(text, text, cosine: 1) == .accepted)
        #expect(try Self.verdict("", "", cosine: 1) == .rejected(.tooShort))
    }

    @Test("A list that is missing, malformed, too long or no text is refused by name")
    func lists() throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "guard-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: Self.folder, toPath: copy.path)
        defer { try? FileManager.default.removeItem(at: copy) }
        let antonyms = copy.appending(path: "antonyms.txt")
        try Data("# fine\nup, down\n".utf8).write(to: antonyms)
        #expect(
            throws: GuardLexiconError.malformed(
                file: "antonyms.txt", line: 2, reason: "expected: words | their opposites")
        ) {
            try GuardLexicon(folder: copy.path)
        }
        try Data([0x61, 0xFF]).write(to: antonyms)
        #expect(throws: GuardLexiconError.notText(file: "antonyms.txt")) { try GuardLexicon(folder: copy.path) }
        try Data(repeating: 0x61, count: 300_000).write(to: antonyms)
        #expect(throws: GuardLexiconError.self) { try GuardLexicon(folder: copy.path) }
        try FileManager.default.removeItem(at: antonyms)
        #expect(throws: GuardLexiconError.self) { try GuardLexicon(folder: copy.path) }
    }
}
