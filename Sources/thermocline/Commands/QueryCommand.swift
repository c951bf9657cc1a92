import ArgumentParser
import Knowledge
import ThermoclineClient

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask a question and show the resolutions that are known.",
        discussion: """
            EXAMPLES
              thermocline query "npm install hangs behind a proxy"
              thermocline query "pod stays pending" --category kubernetes --tag scheduling --explain
              thermocline query "disk full" --url https://knowledge.example.org
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

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let question = ThermoclineClient.Question(
            text, topK: topK, category: category, tags: tags.isEmpty ? nil : tags, explain: explain ? true : nil)
        let reply = try await KnowledgeTarget.withOpen(server) { target in try await target.ask(question) }
        print(json ? String(decoding: reply, as: UTF8.self) : try ThermoclineClient.Answer(json: reply).text)
    }
}
