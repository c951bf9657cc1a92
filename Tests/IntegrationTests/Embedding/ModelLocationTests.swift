import Embedding
import Foundation
import Testing

/// What the encoder says of files that are missing or wrong. The files that are right are those of scripts/setup.
struct ModelLocationTests {
    /// A copy of the model cache by links, whose parts can be taken away or spoilt.
    private static func cache(spoiling body: (URL) throws -> Void) throws -> URL {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("encoder-\(UUID().uuidString)")
        let real = URL(fileURLWithPath: TestModel.cacheFolder)
        for part in ["openvino/lib", ModelLocation.defaultModelFolder] {
            let copy = folder.appendingPathComponent(part)
            try files.createDirectory(at: copy, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: real.appendingPathComponent(part).path) {
                try files.createSymbolicLink(
                    at: copy.appendingPathComponent(name),
                    withDestinationURL: real.appendingPathComponent(part).appendingPathComponent(name))
            }
        }
        try body(folder)
        return folder
    }

    private static func errorLoading(_ location: ModelLocation) async -> EncoderError? {
        do throws(EncoderError) {
            await (try OpenVINOEncoder.load(location)).close()
            return nil
        } catch {
            return error
        }
    }

    @Test func `says what is missing and what to run`() async throws {
        let location = ModelLocation(cacheFolder: "/nonexistent/models")
        let error = try #require(await Self.errorLoading(location))
        guard case .modelMissing(let path) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(path.hasPrefix("/nonexistent/models/"))
        #expect(error.description.contains("scripts/setup"))
    }

    @Test(arguments: ["model.onnx", "vocab.txt", "libopenvino_c.so"])
    func `names the file that is missing`(name: String) async throws {
        let cache = try Self.cache { folder in
            for part in ["openvino/lib", ModelLocation.defaultModelFolder] {
                let folder = folder.appendingPathComponent(part)
                for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
                where file.hasPrefix(name) {
                    try FileManager.default.removeItem(at: folder.appendingPathComponent(file))
                }
            }
        }
        defer { try? FileManager.default.removeItem(at: cache) }
        guard case .modelMissing(let path) = await Self.errorLoading(ModelLocation(cacheFolder: cache.path)) else {
            Issue.record("\(name) was not missed")
            return
        }
        #expect(path.hasSuffix("/" + name))
    }

    @Test(arguments: ["model.onnx", "vocab.txt", "libopenvino_c.so"])
    func `names the file that is damaged`(name: String) async throws {
        let cache = try Self.cache { folder in
            for part in ["openvino/lib", ModelLocation.defaultModelFolder] {
                let folder = folder.appendingPathComponent(part)
                for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
                where file.hasPrefix(name) {
                    let path = folder.appendingPathComponent(file)
                    try FileManager.default.removeItem(at: path)
                    try Data([0x00, 0xFF, 0x0A, 0xFE]).write(to: path)
                }
            }
        }
        defer { try? FileManager.default.removeItem(at: cache) }
        let error = await Self.errorLoading(ModelLocation(cacheFolder: cache.path))
        guard case .modelUnusable(let path, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path.contains("/" + name))
        #expect(!reason.isEmpty && !reason.contains("\n"))
    }

    @Test func `takes MODEL_PATH as a folder or as a file`() {
        let folder = ModelLocation(modelPath: "/models/all-mpnet-base-v2", cacheFolder: "/cache")
        #expect(folder.modelFile == "/models/all-mpnet-base-v2/model.onnx")
        #expect(folder.vocabularyFile == "/models/all-mpnet-base-v2/vocab.txt")
        #expect(folder.runtimeFolder == "/cache/openvino/lib")
        let file = ModelLocation(modelPath: "/models/mine/quantised.onnx", cacheFolder: "/cache")
        #expect(file.modelFile == "/models/mine/quantised.onnx")
        #expect(file.vocabularyFile == "/models/mine/vocab.txt")
    }
}
