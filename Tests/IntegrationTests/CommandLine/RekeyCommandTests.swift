import Foundation
import Sealing
import TestSupport
import Testing

@Suite("thermocline rekey")
struct RekeyCommandTests {
    private static func key(_ byte: Int) -> String { String(repeating: "0\(byte)", count: SealingKey.byteCount) }

    @Test("It seals what was not sealed, then by another key; refuses in one line; no key is ever shown")
    func offline() async throws {
        let folder = try CommandFolder()
        try folder.write("items.ndjson", #"{"issue":"Zanzibar hangs","resolution":"restart Zanzibar"}"# + "\n")
        #expect(try await CommandRun.outcome("import", "items.ndjson", in: folder).code == 0)
        let bytes = StoreBytes(in: folder.dataDirectory)
        #expect(try bytes.files(with: "Zanzibar") != [])
        let none = try await CommandRun.outcome("rekey", in: folder)
        #expect(none.code == 1 && none.errors.contains("ENCRYPTION_KEY"))
        let sealed = try await CommandRun.outcome("rekey", in: folder, ["ENCRYPTION_KEY": Self.key(1)])
        #expect(sealed.code == 0, "\(sealed.errors)")
        #expect(try bytes.files(with: "Zanzibar") == [])
        #expect(try bytes.files(with: "zanzibar") == [])
        for environment in [[:], ["ENCRYPTION_KEY": Self.key(2)]] {
            let refused = try await CommandRun.outcome("export", in: folder, environment)
            #expect(refused.code == 1 && refused.output.isEmpty)
            #expect(refused.errors.split(separator: "\n").count == 1 && refused.errors.contains("is sealed by key"))
        }
        let anew = try await CommandRun.outcome(
            "rekey", in: folder, ["ENCRYPTION_KEY": Self.key(2), "ENCRYPTION_OLD_KEYS": Self.key(1)])
        #expect(anew.code == 0, "\(anew.errors)")
        let export = try await CommandRun.outcome("export", in: folder, ["ENCRYPTION_KEY": Self.key(2)])
        #expect(export.code == 0 && export.output.contains("restart Zanzibar"))
        let check = try await CommandRun.outcome("check", "--settings", in: folder, ["ENCRYPTION_KEY": Self.key(2)])
        #expect(check.output.contains("texts are sealed by key") && check.output.contains("ENCRYPTION_KEY=***"))
        for outcome in [sealed, anew, export, check] {
            for byte in 1...2 { #expect(!(outcome.output + outcome.errors).contains(Self.key(byte))) }
        }
    }
}
