import Access
import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("Keys")
struct AccessKeyTests {
    private let now = Timestamp(milliseconds: 1_000)

    @Test("A key lets its own caller in, until it is revoked, also after a restart")
    func life() async throws {
        let directory = try TemporaryDirectory()
        let team = try #require(Tenant("team"))
        var store = try await AccessStore.open(directory: directory.path)
        let (key, record) = try await store.createKey(tenant: team, role: .writer, name: "ci", at: now)
        let (other, _) = try await store.createKey(tenant: team, role: .reader, name: "", at: now)
        let caller = try #require(store.keys.caller(for: key.text))
        #expect(caller.tenant == team && caller.roles == [.reader, .writer] && caller.keyID == record.id)
        await store.close()

        store = try await AccessStore.open(directory: directory.path)
        #expect(store.keys.caller(for: key.text) == caller)
        #expect(try await store.revokeKey(record.id, of: .default, at: now) == nil)
        #expect(try await store.revokeKey(record.id, of: team, at: now)?.id == record.id)
        #expect(store.keys.caller(for: key.text) == nil)
        #expect(store.keys.caller(for: other.text) != nil)
        #expect(try await store.revokeKey(record.id, of: nil, at: now) == nil)
        await store.close()

        store = try await AccessStore.open(directory: directory.path)
        #expect(store.keys.caller(for: key.text) == nil)
        #expect(try await store.listKeys(of: team, limit: 10).count == 2)
        #expect(try await store.listKeys(of: .default, limit: 10).isEmpty)
        await store.close()
    }

    @Test("What is nearly a key lets nobody in")
    func nearly() async throws {
        let directory = try TemporaryDirectory()
        let store = try await AccessStore.open(directory: directory.path)
        let (key, _) = try await store.createKey(tenant: .default, role: .reader, name: "", at: now)
        let text = key.text
        let last = text.hasSuffix("a") ? "b" : "a"
        for wrong in [
            "", "tc_", text.uppercased(), text + "a", String(text.dropLast()), text.dropLast() + last,
            text.replacingOccurrences(of: key.id, with: String(key.id.reversed())) + "", " " + text,
            text.replacingOccurrences(of: "tc_", with: "TC_"), "tc_" + key.id + "_",
        ] where wrong != text {
            #expect(store.keys.caller(for: wrong) == nil, "\(wrong)")
        }
        #expect(AccessKey(text) == key)
        await store.close()
    }

    @Test("No secret is in the file, and nobody else may read it")
    func file() async throws {
        let directory = try TemporaryDirectory()
        let store = try await AccessStore.open(directory: directory.path)
        let (key, _) = try await store.createKey(tenant: .default, role: .reader, name: "", at: now)
        let path = directory.path + "/" + AccessStore.fileName
        let secret = Data(try #require(key.text.split(separator: "_").last).utf8)
        for suffix in ["", "-wal"] {
            let file = path + suffix
            #expect(try Data(contentsOf: URL(filePath: file)).range(of: secret) == nil)
            let rights = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(rights == 0o600, "\(suffix)")
        }
        await store.close()
    }

    @Test("The first key is made once, in a file for its owner alone")
    func first() async throws {
        let directory = try TemporaryDirectory()
        let store = try await AccessStore.open(directory: directory.path)
        let path = try #require(try await store.createFirstKey(at: now))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines)
        #expect(store.keys.caller(for: text)?.roles == Set(Role.allCases))
        #expect(try await store.createFirstKey(at: now) == nil)
        await store.close()
    }

    @Test("A file of a newer version, and one that is something else, are refused by name")
    func foreign() async throws {
        let directory = try TemporaryDirectory()
        try Data("this is no database, whatever it is called".utf8)
            .write(to: URL(filePath: directory.path + "/" + AccessStore.fileName))
        await #expect(throws: AccessError.notOurs(file: directory.path + "/" + AccessStore.fileName)) {
            _ = try await AccessStore.open(directory: directory.path)
        }
    }
}
