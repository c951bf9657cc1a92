import ArgumentParser
import Knowledge
import Server

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask a question and show the resolutions that are known.",
        discussion: """
            EXAMPLES
              thermocline query "npm install hangs behind a proxy"
              thermocline query "pod stays pending" --category kubernetes --tag scheduling --explain
              thermocline query "connection refused" --json | jq '.results[0].resolution'
            """)

    @Argument(help: "The question.")
    var text: String

    @Flag(help: "Show the way through the tiers, with times.")
    var explain = false

    @Option(help: "Results at most, 1 to \(Question.maximumTopK).")
    var topK = Question.defaultTopK

    @Option(help: "Only items of this category.")
    var category: String?

    @Option(name: .customLong("tag"), help: "Only items with this tag; may be given several times, all must match.")
    var tags: [String] = []

    @Flag(help: "Print the reply as the server sends it.")
    var json = false

    func validate() throws {
        guard !text.isBlank else { throw ValidationError("the question must not be blank") }
        guard (1...Question.maximumTopK).contains(topK) else {
            throw ValidationError("--top-k must be from 1 to \(Question.maximumTopK)")
        }
    }

    func run() async throws {
        let settings = try Settings.fromEnvironment()
        let request = QuestionBody(text: text, topK: topK, category: category, tags: tags, explain: explain)
        let reply = try await KnowledgeTarget.withOpen(settings) { target in try await target.ask(request.json) }
        print(json ? String(decoding: reply, as: UTF8.self) : try QueryReply(json: reply).text)
    }
}
