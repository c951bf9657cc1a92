import ArgumentParser
import Import
import Server

struct RekeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Seal every stored text by the current key, and leave nothing of before in the file.",
        discussion: """
            The key is the one of ENCRYPTION_KEY, or the first of ENCRYPTION_KEY_FILE. Texts that are sealed by another key \
            need that one too, in ENCRYPTION_OLD_KEYS or on a further line of the file; texts that are not sealed need none. \
            It can be broken off, and goes on with the next start or call. A running server is asked to do it, by its own \
            ENCRYPTION_KEY_FILE; it goes on answering.

            EXAMPLES
              ENCRYPTION_KEY_FILE=/etc/thermocline/keys thermocline rekey
            """)

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let wasChanged = try await KnowledgeTarget.withOpen(server) { target in
            if case .store(let store, _) = target, store.sealingKey == nil {
                throw CommandFailure.noKey
            }
            return try await target.rekey { done, total in
                StandardError.write("\(done.grouped) of \(total.grouped) items")
            }
        }
        StandardError.write(
            wasChanged
                ? "everything is sealed by the current key" : "nothing to do: everything is sealed by the current key")
    }
}
