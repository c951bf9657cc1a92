import Embedding
import Foundation
import Knowledge
import TestSupport
import Testing

@Suite("Import of prepared vectors", .serialized) struct VectorImportTests {
    private let folder: CommandFolder
    private let issues = (0..<300).map { "printer \($0) is on fire" }
    /// The real encoder, which checks the sample.
    private let environment = ["MODEL_PATH": "", "MODEL_CACHE_DIR": RealEncoder.cacheFolder]

    init() throws {
        folder = try CommandFolder()
        try folder.write(
            "items.ndjson", issues.map { #"{"issue":"\#($0)","resolution":"extinguish it"}"# + "\n" }.joined())
    }

    private func vectors() async throws -> [[Float]] {
        try await RealEncoder.shared().encode(batch: issues.map { $0.foldedQuestion() })
    }

    private func write(_ rows: [[Float]], as name: String = "items.npy") throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows.count), \(rows.first?.count ?? 1)), }\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        for value in rows.joined() { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) } }
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + name))
    }

    private func run(_ arguments: String..., encoder: String? = nil) async throws -> CommandRun.Outcome {
        let fingerprint = try await RealEncoder.shared().identity.fingerprint
        return try await CommandRun(
            ["import", "items.ndjson", "--vectors", "items.npy", "--vectors-encoder", encoder ?? fingerprint]
                + arguments, in: folder, environment
        ).outcome()
    }

    @Test("Items come in with their vectors and are found by meaning; a second run has nothing to do")
    func importing() async throws {
        try write(await vectors())
        let first = try await run()
        #expect(first.code == 0, "\(first.errors)")
        #expect(first.errors.contains("300 created"))
        #expect(try await run().errors.contains("nothing to do"))
        let query = try await CommandRun.outcome("query", "printer 77 burns", "--json", in: folder, environment)
        #expect(query.output.contains("printer 77 is on fire"))
        #expect(query.output.contains(#""score_basis":"cosine""#))
        let check = try await CommandRun.outcome("check", in: folder, environment)
        #expect(check.output.contains("300 items, 0 of them without a vector"), "\(check)")
    }

    @Test("An import that is killed goes on where it was")
    func resuming() async throws {
        try write(await vectors())
        let fingerprint = try await RealEncoder.shared().identity.fingerprint
        let arguments = [
            "import", "items.ndjson", "--vectors", "items.npy", "--vectors-encoder", fingerprint, "--batch-size", "10",
        ]
        let killed = try CommandRun(arguments, in: folder, environment)
        while killed.isRunning, folder.acknowledgedRecords < 50 { try await Task.sleep(for: .milliseconds(1)) }
        killed.send(SIGKILL)
        _ = await killed.outcome()
        let rest = try await CommandRun(arguments, in: folder, environment).outcome()
        #expect(rest.code == 0, "\(rest.errors)")
        let check = try await CommandRun.outcome("check", in: folder, environment)
        #expect(check.output.contains("300 items, 0 of them without a vector"), "\(check)")
    }

    @Test("Vectors that are not the items' are refused in one line, and nothing is imported")
    func refusals() async throws {
        let vectors = try await vectors()
        func refuses(_ reason: String, _ outcome: CommandRun.Outcome) {
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
        try write(vectors)
        refuses("is said to be of encoder 0123456789abcdef", try await run(encoder: "0123456789abcdef"))
        try write(Array(vectors.dropLast()))
        refuses("has 299 rows, but items.ndjson has 300 records", try await run())
        try write(Array(vectors[1...] + vectors[..<1]))
        refuses("row 1 is not the vector of items.ndjson:1", try await run())
        try write(vectors.map { Array($0.prefix(100)) })
        refuses("has 100 dimensions", try await run())
        try write(vectors.map { vector in vector.map { $0 * 2 } })
        refuses("of unit length", try await run())
        try Data("this is no NumPy file".utf8).write(to: URL(fileURLWithPath: folder.path + "/items.npy"))
        refuses("does not begin like a NumPy file", try await run())
        let check = try await CommandRun.outcome("check", in: folder, environment)
        #expect(check.output.contains("knowledge     0 items"), "\(check.output)")
    }

    @Test("While a server has the store, prepared vectors are refused in one line")
    func server() async throws {
        try write(await vectors())
        let server = try CommandRun(["serve"], in: folder, environment)
        while server.isRunning, folder.read("data/server.json") == nil { try await Task.sleep(for: .milliseconds(5)) }
        let refused = try await run()
        #expect(refused.code == 1)
        #expect(refused.errors.contains("stop the server first"), "\(refused.errors)")
        server.send(SIGTERM)
        _ = await server.outcome()
    }
}
