public import Embedding
import Foundation

/// The encoder that scripts/setup put in place, loaded once for all tests of a run.
public enum RealEncoder {
    private static let loading = Task { () throws in
        try await OpenVINOEncoder.load(ModelLocation(cacheFolder: cacheFolder))
    }

    /// `MODEL_CACHE_DIR`, else the folder of this checkout that scripts/setup fills.
    public static var cacheFolder: String {
        ProcessInfo.processInfo.environment["MODEL_CACHE_DIR"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: ".thermocline/models").path(percentEncoded: false)
    }

    /// Throws when there is no model: a test that needs one fails rather than passes unseen.
    public static func shared() async throws -> OpenVINOEncoder {
        try await loading.value
    }
}
