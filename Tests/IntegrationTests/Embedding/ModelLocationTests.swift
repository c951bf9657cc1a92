import Embedding
import Foundation
import Testing

/// What the encoder says of files that are missing or wrong. The files that are right are those of scripts/setup.
struct ModelLocationTests {
    /// A copy, by links, of one of the folders, in which the file whose name begins with `name` is spoilt.
    private static func copy(
        of folder: String, spoiling name: String, by body: (URL) throws -> Void
    ) throws -> URL {
        let files = FileManager.default
        let root = files.temporaryDirectory.appendingPathComponent("encoder-\(UUID().uuidString)")
        let copy = root.appendingPathComponent(folder)
        let real = URL(fileURLWithPath: TestModel.cacheFolder).appendingPathComponent(folder)
        try files.createDirectory(at: copy, withIntermediateDirectories: true)
        for file in try files.contentsOfDirectory(atPath: real.path) {
            let link = copy.appendingPathComponent(file)
            if file.hasPrefix(name) {
                try body(link)
            } else {
                try files.createSymbolicLink(at: link, withDestinationURL: real.appendingPathComponent(file))
            }
        }
        return root
    }

    /// Only a runtime that cannot be loaded may lie in a copy: a process loads a runtime once and for all, and
    /// looks for its parts where it was.
    private static func location(spoiling name: String, by body: (URL) throws -> Void) throws -> (ModelLocation, URL) {
        if name.hasPrefix("lib") {
            let root = try copy(of: "openvino/lib", spoiling: name, by: body)
            let model = TestModel.cacheFolder + "/" + ModelLocation.defaultModelFolder
            return (ModelLocation(modelPath: model, cacheFolder: root.path), root)
        }
        let root = try copy(of: ModelLocation.defaultModelFolder, spoiling: name, by: body)
        let model = root.appendingPathComponent(ModelLocation.defaultModelFolder).path
        return (ModelLocation(modelPath: model, cacheFolder: TestModel.cacheFolder), root)
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
        let (location, root) = try Self.location(spoiling: name) { _ in }
        defer { try? FileManager.default.removeItem(at: root) }
        guard case .modelMissing(let path) = await Self.errorLoading(location) else {
            Issue.record("\(name) was not missed")
            return
        }
        #expect(path.hasSuffix("/" + name))
    }

    @Test(arguments: ["model.onnx", "vocab.txt", "libopenvino_c.so"])
    func `names the file that is damaged`(name: String) async throws {
        let (location, root) = try Self.location(spoiling: name) { path in
            try Data([0x00, 0xFF, 0x0A, 0xFE]).write(to: path)
        }
        defer { try? FileManager.default.removeItem(at: root) }
        let error = await Self.errorLoading(location)
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
