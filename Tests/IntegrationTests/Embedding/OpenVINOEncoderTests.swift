import Embedding
import Foundation
import Knowledge
import Testing

/// The encoder with the real runtime and model. Without them these tests fail: run scripts/setup.
@Suite(.serialized)
struct OpenVINOEncoderTests {
    private static let location = ModelLocation(cacheFolder: TestModel.cacheFolder)

    private static let questions = [
        "npm install hangs behind a proxy", "", "docker: no space left on device", "x", "502 Bad Gateway",
        "kubectl get pods shows ImagePullBackOff for a private registry",
        "Wie erneuere ich ein abgelaufenes TLS-Zertifikat?", "日本語のエラーメッセージ", "git push rejected 😀",
        String(repeating: "connection refused ", count: 20), String(repeating: "very long text ", count: 200),
    ]

    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (product, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += Double(x) * Double(y)
            aa += Double(x) * Double(x)
            bb += Double(y) * Double(y)
        }
        return product / (aa * bb).squareRoot()
    }

    @Test func `names itself by the model and its dimension`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        #expect(encoder.identity.name == "all-MiniLM-L6-v2")
        #expect(encoder.identity.dimension == 384)
        #expect(encoder.identity.fingerprint.count == 16)
        let again = try await OpenVINOEncoder.load(
            ModelLocation(modelPath: Self.location.modelFile, cacheFolder: TestModel.cacheFolder))
        #expect(again.identity == encoder.identity)
        await encoder.close()
        await again.close()
    }

    @Test func `gives vectors of the dimension and length 1 for any text`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        for question in Self.questions {
            let vector = try await encoder.encode(question)
            #expect(vector.count == 384)
            #expect(abs(Self.cosine(vector, vector) - 1) < 1e-6)
            #expect(abs(vector.reduce(0.0) { $0 + Double($1) * Double($1) } - 1) < 1e-5)
        }
        await encoder.close()
    }

    @Test func `puts paraphrases closer than what is unrelated`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        let triples = [
            (
                "npm install hangs behind a proxy", "npm cannot download packages through a corporate proxy",
                "how do I undo the last git commit"
            ),
            (
                "docker: no space left on device", "disk full because of old docker images",
                "certificate has expired"
            ),
            (
                "pod is stuck in CrashLoopBackOff", "container in Kubernetes keeps restarting",
                "psql: password authentication failed"
            ),
        ]
        for (question, paraphrase, unrelated) in triples {
            let vectors = try await encoder.encode(batch: [question, paraphrase, unrelated])
            #expect(Self.cosine(vectors[0], vectors[1]) > Self.cosine(vectors[0], vectors[2]) + 0.2)
        }
        await encoder.close()
    }

    @Test func `gives in a batch the bits that each text has alone`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        var texts = Self.questions
        // Of every length up to 64 tokens, and as many as make chunks of all sizes.
        for words in Array(1...62) + [70, 75, 90, 130, 131, 200, 250] {
            for variant in 0..<15 where variant < 3 || words % 7 == 0 {
                texts.append(
                    (0..<words).map { ["error", "disk", "port", "node"][($0 * 7 + variant * $0) % 4] }
                        .joined(separator: " "))
            }
        }
        let together = try await encoder.encode(batch: texts)
        #expect(together.count == texts.count)
        for (text, vector) in zip(texts, together) {
            #expect(try await encoder.encode(text) == vector, "\(text.prefix(60))")
        }
        #expect(try await encoder.encode(batch: Array(texts.reversed())) == together.reversed())
        #expect(try await encoder.encode(batch: []) == [])
        await encoder.close()
    }

    @Test func `gives the same bits on one core as on all`() async throws {
        let one = try await OpenVINOEncoder.load(Self.location, cores: 1)
        let four = try await OpenVINOEncoder.load(Self.location, cores: 4)
        for question in Self.questions {
            #expect(try await one.encode(question) == four.encode(question))
        }
        await one.close()
        await four.close()
    }

    @Test func `gives eight callers at once the bits that one alone gets`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        var alone: [[Float]] = []
        for question in Self.questions { alone.append(try await encoder.encode(question)) }
        let expected = alone
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    if caller % 4 == 3 { return try await encoder.encode(batch: Self.questions) == expected }
                    for round in 0..<10 {
                        let place = (round + caller) % Self.questions.count
                        guard try await encoder.encode(Self.questions[place]) == expected[place] else { return false }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
        await encoder.close()
    }

    @Test func `stays close to the unquantised model`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/reference-vectors.ndjson")
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 40)
        var cosines: [Double] = []
        for line in lines {
            let pair = try JSONDecoder().decode([String].self, from: line)
            let halves = try #require(Data(base64Encoded: pair[1]))
            let reference = stride(from: 0, to: halves.count, by: 2).map { i in
                Float(Float16(bitPattern: UInt16(halves[i]) | UInt16(halves[i + 1]) << 8))
            }
            cosines.append(Self.cosine(try await encoder.encode(pair[0]), reference))
        }
        #expect(cosines.reduce(0, +) / Double(cosines.count) >= 0.98)
        #expect(cosines.allSatisfy { $0 >= 0.95 })
        await encoder.close()
    }

    @Test func `refuses questions and batches beyond its queue and goes on`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        let expected = try await encoder.encode("too many questions")
        let answered = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_500 {
                group.addTask {
                    do {
                        let vector = try await encoder.encode("too many questions")
                        #expect(vector == expected)
                        return true
                    } catch EncoderError.overloaded {
                        return false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect((256..<1_500).contains(answered))
        let batches = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do {
                        return try await encoder.encode(batch: Array(repeating: "a", count: 1_024)).count == 1_024
                    } catch EncoderError.overloaded {
                        return false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect((4..<12).contains(batches))
        #expect(try await encoder.encode("too many questions") == expected)
        await encoder.close()
    }

    @Test func `encodes what waits before it closes and nothing after`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        let texts = (0..<300).map { "question number \($0)" }
        async let batch = encoder.encode(batch: texts)
        _ = try await encoder.encode("another one")
        await encoder.close()
        do {
            let vectors = try await batch
            #expect(vectors.count == texts.count)
        } catch EncoderError.closed {
            // The batch came after the close.
        }
        await #expect(throws: EncoderError.closed) { try await encoder.encode("late") }
        await #expect(throws: EncoderError.closed) { try await encoder.encode(batch: ["late"]) }
        await encoder.close()
    }

    /// A thread that had been in a plugin ended after the last encoder was closed, and jumped to where the plugin was.
    @Test func `the runtime's plugins stay loaded when the last encoder is closed`() async throws {
        await (try OpenVINOEncoder.load(Self.location)).close()
        let folder = Self.location.runtimeFolder
        let plugin = try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.contains("_cpu_plugin.so") }
        let handle = dlopen(folder + "/" + (try #require(plugin)), RTLD_LAZY | RTLD_NOLOAD)
        #expect(handle != nil)
        if let handle { dlclose(handle) }
    }

    @Test func `prepares for questions of the usual lengths`() async throws {
        let encoder = try await OpenVINOEncoder.load(Self.location)
        try await encoder.warmUp()
        #expect(try await encoder.encode("still the same").count == 384)
        await encoder.close()
    }
}
