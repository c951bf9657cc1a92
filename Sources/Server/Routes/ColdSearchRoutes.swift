import ColdTier
import Embedding
import HTTPTypes
import Hummingbird
import Knowledge
import NIOCore
import Pipeline

/// `POST /tiers/cold/search`: searches the knowledge itself, past every cache, by a text or by a vector.
///
/// A vector comes as a JSON list of numbers, or as a body of little-endian 32-bit floats alone, which costs no parsing.
/// It is brought to length 1, for similarities are cosines.
struct ColdSearchRoutes: Sendable {
    let parts: ServerParts

    static let floats = "application/octet-stream"

    func register(in routes: inout Routes) {
        routes.on(.post, "/tiers/cold/search", for: .admin, search)
    }

    @Sendable private func search(_ request: Request, _ context: CallContext) async throws -> Response {
        let search = try await search(from: request, context)
        let start = ContinuousClock.now
        let found = try await parts.stored(context) { () async throws(ColdError) in
            try await parts.stack.cold.search(search)
        }
        let elapsed = ContinuousClock.now - start
        return .json(reserving: 4_096) { json in
            json.splice(AnswerCodec.fragment(of: found.results))
            json.member("search_time_ms", elapsed.milliseconds, decimals: 3)
            json.member("strategy", found.strategy.rawValue)
            json.member("total_items_searched", found.itemsSearched)
            json.member("knowledge_version", Int(found.changeNumber.rawValue))
        }
    }

    /// What a request asks to be searched for.
    func search(from request: Request, _ context: CallContext) async throws -> ColdSearch {
        let tenant = context.caller.tenant
        if request.headers[.contentType].map(MediaTypes.essence) == Self.floats {
            var query = QueryReader(request)
            let topK = query.wholeNumber("top_k", in: 1...Question.maximumTopK) ?? Question.defaultTopK
            try query.check()
            let body = try await request.body.collect(upTo: RequestBodyLimits.maximumBytes)
            let vector = try unitVector(Self.floats(in: body))
            return ColdSearch(tenant: tenant, text: "", vector: vector, topK: topK, minScore: 0, strategy: .vector)
        }
        var body = try await request.jsonObject()
        guard case .array(let numbers) = body["vector"] else { return try await search(for: body, context) }
        body["text"] = .string("vector")
        let asked = try QuestionRequest(body, maximumCharacters: parts.settings.maximumQueryCharacters).question
        return ColdSearch(
            tenant: tenant, text: "", vector: try unitVector(numbers.map(Self.float)), topK: asked.topK,
            category: asked.category, tags: asked.tags, minScore: asked.minScore, strategy: .vector)
    }

    private func search(for body: [String: JSONValue], _ context: CallContext) async throws -> ColdSearch {
        let asked = try QuestionRequest(body, maximumCharacters: parts.settings.maximumQueryCharacters).question
        var vector: [Float]?
        var name: String?
        if case .ready(let encoder) = parts.stack.encoder.status {
            // Without a vector the words are searched, as for any question.
            vector = try? await encoder.encode(asked.folded)
            name = encoder.identity.fingerprint
        }
        return ColdSearch(
            tenant: context.caller.tenant, text: asked.folded, vector: vector, encoder: name, topK: asked.topK,
            category: asked.category, tags: asked.tags, minScore: asked.minScore, strategy: asked.strategy)
    }

    private static func floats(in buffer: ByteBuffer) throws(ContractError) -> [Float] {
        guard buffer.readableBytes % MemoryLayout<UInt32>.size == 0 else {
            throw .senseless("The body is no list of 32-bit floats")
        }
        return buffer.withUnsafeReadableBytes { bytes in
            stride(from: 0, to: bytes.count, by: MemoryLayout<UInt32>.size).map { offset in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
        }
    }

    private static func float(_ value: JSONValue) -> Float {
        switch value {
        case .int(let number): Float(number)
        case .double(let number): Float(number)
        default: .nan
        }
    }

    private func unitVector(_ vector: [Float]) throws(ContractError) -> [Float] {
        guard let dimension = parts.stack.cold.encoder?.dimension else {
            throw .unavailable("ENCODER_UNAVAILABLE", "There is no encoder, so there are no vectors to search")
        }
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard vector.count == dimension, length.isFinite, length > 0 else {
            throw .senseless("The vector must have \(dimension) numbers that are not all 0")
        }
        return vector.map { Float(Double($0) / length) }
    }
}
