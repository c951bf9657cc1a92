import ColdTier
import Embedding
import Foundation
import Knowledge
import Pipeline

/// Where an encoder was had, as the store remembers it. No key is part of it.
struct EncoderPlace: Codable, Hashable {
    /// Folder or file of the model, in full; `nil` for one behind a URL.
    var model: String?
    var url: String?
    var remoteModel: String?

    init(_ settings: Settings) {
        if let remote = settings.remoteEncoder {
            url = remote.url
            remoteModel = remote.model
        } else {
            model = URL(fileURLWithPath: settings.modelPath).standardizedFileURL.path
        }
    }

    var text: String? {
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension ServerParts {
    /// Has cold take the configured encoder, or the store's own where its vectors are another's and it can be had.
    ///
    /// - Returns: the store's own, which serves until the configured one's vectors are made.
    static func prepare(
        _ configured: any Encoder, for cold: ColdTier, _ settings: Settings
    ) async throws(ColdError) -> (any Encoder)? {
        if let stored = try await cold.storedEncoder(), stored.fingerprint != configured.identity.fingerprint,
            cold.statistics().items > 0, let old = try? await load(stored, settings)
        {
            if old.identity == stored.identity {
                try await cold.adopt(old.identity)
                return old
            }
            await old.close()
        }
        try await cold.adopt(configured.identity)
        return nil
    }

    /// Loads a store's encoder from where it was had. One behind a URL that the settings no longer name is not asked: who
    /// took it out may not want questions to go there.
    private static func load(_ stored: StoredEncoder, _ settings: Settings) async throws -> (any Encoder)? {
        guard let text = stored.place,
            let place = try? JSONDecoder().decode(EncoderPlace.self, from: Data(text.utf8)),
            place != EncoderPlace(settings)
        else { return nil }
        if let model = place.model {
            return try await OpenVINOEncoder.load(
                ModelLocation(modelPath: model, cacheFolder: settings.modelCacheDirectory))
        }
        guard let remote = settings.remoteEncoder, remote.url == place.url, let model = place.remoteModel else {
            return nil
        }
        return try await RemoteEncoder.load(
            RemoteEndpoint(
                url: remote.url, model: model, apiKey: remote.apiKey, timeout: remote.timeout,
                batchSize: remote.batchSize))
    }
}
