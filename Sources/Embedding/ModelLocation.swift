import Foundation

/// Where the files of runtime and model are.
public struct ModelLocation: Sendable, Hashable {
    /// The folder in `MODEL_CACHE_DIR` that `scripts/setup` fills.
    public static let defaultModelFolder = "all-MiniLM-L6-v2-int8"
    /// What a folder's name adds to the model's own for its form.
    private static let formSuffix = "-int8"

    /// Holds libopenvino_c and its siblings.
    public let runtimeFolder: String
    public let modelFile: String
    public let vocabularyFile: String

    /// - Parameters:
    ///   - modelPath: `MODEL_PATH`: a folder with model.onnx and vocab.txt, or an .onnx file beside a vocab.txt;
    ///     `nil` for the default model.
    ///   - cacheFolder: `MODEL_CACHE_DIR`.
    public init(modelPath: String? = nil, cacheFolder: String) {
        let cache = URL(fileURLWithPath: cacheFolder, isDirectory: true)
        let path = modelPath.map { URL(fileURLWithPath: $0) } ?? cache.appendingPathComponent(Self.defaultModelFolder)
        let isFile = path.pathExtension == "onnx"
        let folder = isFile ? path.deletingLastPathComponent() : path
        runtimeFolder = cache.appendingPathComponent("openvino/lib").path
        modelFile = (isFile ? path : folder.appendingPathComponent("model.onnx")).path
        vocabularyFile = folder.appendingPathComponent("vocab.txt").path
    }

    /// The model's name as shown to people: its folder's, without the form.
    var modelName: String {
        let name = URL(fileURLWithPath: modelFile).deletingLastPathComponent().lastPathComponent
        return name.hasSuffix(Self.formSuffix) ? String(name.dropLast(Self.formSuffix.count)) : name
    }

    /// The runtime's C library; its name carries a version.
    func runtimeLibrary() throws(EncoderError) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: runtimeFolder)) ?? []
        guard let name = names.filter({ $0.hasPrefix("libopenvino_c.so") }).max() else {
            throw .modelMissing(path: runtimeFolder + "/libopenvino_c.so")
        }
        return runtimeFolder + "/" + name
    }

    /// A whole file. Blocks.
    static func read(_ path: String) throws(EncoderError) -> Data {
        guard FileManager.default.fileExists(atPath: path) else { throw .modelMissing(path: path) }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .modelUnusable(path: path, reason: "it cannot be read (\(error.localizedDescription))")
        }
    }
}
