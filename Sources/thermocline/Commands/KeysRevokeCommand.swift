import ArgumentParser

struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Revoke a key: who comes with it is refused from now on.")

    @Argument(help: "The key's id, as the list shows it: the part between the underscores.") var id: String

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard !id.isEmpty, id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            throw ValidationError("an id is letters and digits: the part of a key between the underscores")
        }
    }

    func run() async throws {
        let wasThere = try await AccessTarget.withOpen(server) { target in
            try await target.revokeKey(id)
        }
        guard wasThere else { throw CommandFailure.noSuchKey(id: id) }
        StandardError.write("key \(id) is revoked")
    }
}
