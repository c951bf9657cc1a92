import Embedding
import Foundation

/// Where the tests find the encoder's files: `MODEL_CACHE_DIR`, or where `scripts/setup` puts them.
enum TestModel {
    static let cacheFolder: String =
        ProcessInfo.processInfo.environment["MODEL_CACHE_DIR"]
        ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(".thermocline/models").path

    static let vocabularyFile = ModelLocation(cacheFolder: cacheFolder).vocabularyFile
}
