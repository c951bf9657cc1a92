import Foundation

/// The bodies of `POST /v1/embeddings` (OpenAI's API reference, "Create embeddings").
enum EmbeddingsExchange {
    struct Request: Encodable {
        let model: String
        let input: [String]
        let encodingFormat = "float"

        enum CodingKeys: String, CodingKey {
            case model, input
            case encodingFormat = "encoding_format"
        }
    }

    private struct Reply: Decodable {
        struct Entry: Decodable {
            let index: Int
            let embedding: [Float]
        }
        let data: [Entry]
    }

    /// Why a reply with status 200 cannot be used.
    struct Defect: Error {
        let reason: String
    }

    /// The vectors of a reply in the order of the texts, brought to length 1.
    ///
    /// - Parameter dimension: what every vector must have; `nil` takes the first one's.
    static func vectors(_ body: Data, count: Int, dimension: Int?) throws(Defect) -> [[Float]] {
        guard let reply = try? JSONDecoder().decode(Reply.self, from: body) else {
            throw Defect(reason: "its reply is no list of embeddings")
        }
        guard reply.data.count == count else {
            throw Defect(reason: "it gave \(reply.data.count) vectors for \(count) texts")
        }
        let dimension = dimension ?? reply.data.first?.embedding.count ?? 0
        var vectors = [[Float]](repeating: [], count: count)
        for entry in reply.data {
            guard vectors.indices.contains(entry.index), vectors[entry.index].isEmpty else {
                throw Defect(reason: "its vectors cannot be told apart: index \(entry.index) of \(count)")
            }
            guard entry.embedding.count == dimension, dimension > 0 else {
                throw Defect(reason: "it gave \(entry.embedding.count) dimensions where \(dimension) are expected")
            }
            guard let unit = unit(entry.embedding) else { throw Defect(reason: "it gave a vector without direction") }
            vectors[entry.index] = unit
        }
        return vectors
    }

    /// In double precision, so that one that comes with length 1 stays what it is but for the last bit.
    private static func unit(_ vector: [Float]) -> [Float]? {
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 0 else { return nil }
        return vector.map { Float(Double($0) / length) }
    }
}
