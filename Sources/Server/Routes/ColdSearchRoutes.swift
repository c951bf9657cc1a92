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

    enum Fields {
        static let vector = "vector"
        /// Of a number of a vector, which only says where it points: far within what 32-bit floats hold squared.
        static let bounds = -1e6...1e6
        /// At least one number must be as far from 0: in what is smaller no direction can be told.
        static let least = 1e-6

        /// Either of the two must be there; a vector goes before a text.
        static func schema(_ bounds: InterfaceBounds) -> JSONSchema {
            let text = QuestionRequest.Fields.text(bounds.maximumQueryCharacters)
            var numbers = JSONSchema.list(
                "As many as the encoder has dimensions, not all 0; in place of a text.", of: .number(in: Self.bounds),
                atMost: bounds.dimension)
            if let dimension = bounds.dimension { numbers = numbers.with("minItems", .int(dimension)) }
            let far: JSONTree = ["anyOf": [["minimum": .double(least)], ["maximum": .double(-least)]]]
            numbers = numbers.with("contains", far)
            let options: [any RequestField] = [
                QuestionRequest.Fields.topK, QuestionRequest.Fields.category, QuestionRequest.Fields.tags,
                QuestionRequest.Fields.minScore, QuestionRequest.Fields.strategy,
            ]
            return JSONSchema.object("What to search for, and how.", options.map(\.property)).with(
                "anyOf",
                .array([
                    JSONSchema.object([text.property, .optional(vector, .nothing)]).tree,
                    JSONSchema.object([.init(vector, numbers)]).tree,
                ]))
        }
    }

    func register(in routes: inout Routes) {
        routes.on(.post, "/tiers/cold/search", for: .admin, at: .eventLoop, search)
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
        var query = QueryReader(request)
        let topK = query.read(QuestionRequest.Fields.topK)
        try query.check()
        if request.headers[.contentType].map(MediaTypes.essence) == Self.floats {
            let body = try await request.body.collect(upTo: RequestBodyLimits.maximumBytes)
            let vector = try unitVector(Self.floats(in: body))
            return ColdSearch(
                tenant: tenant, text: "", vector: vector, topK: topK ?? Question.defaultTopK, minScore: 0,
                strategy: .vector)
        }
        var body = try await request.jsonObject()
        guard let sent = body[Fields.vector], sent != .null else { return try await search(for: body, context) }
        let numbers = try numbers(sent)
        body["text"] = .string(Fields.vector)
        let asked = try QuestionRequest(body, maximumCharacters: parts.settings.maximumQueryCharacters).question
        return ColdSearch(
            tenant: tenant, text: "", vector: try unitVector(numbers), topK: asked.topK,
            category: asked.category, tags: asked.tags, minScore: asked.minScore, strategy: .vector)
    }

    private func numbers(_ sent: JSONValue) throws(ContractError) -> [Float] {
        let location: [FieldViolation.Step] = [.field("body"), .field(Fields.vector)]
        func wrong(_ type: String, _ message: String) -> ContractError {
            .invalid(FieldViolation(type, at: location, message))
        }
        guard case .array(let elements) = sent else { throw .invalid(.notList(at: location, input: sent)) }
        let dimension = try dimension()
        guard elements.count == dimension else {
            throw wrong(
                elements.count < dimension ? "too_short" : "too_long", "List should have \(dimension) items")
        }
        var numbers: [Float] = []
        numbers.reserveCapacity(dimension)
        for element in elements {
            let number: Double? =
                switch element {
                case .int(let number): Double(number)
                case .double(let number): number
                default: nil
                }
            guard let number, Fields.bounds.contains(number) else {
                let bounds = Fields.bounds
                throw wrong(
                    "float_type",
                    "Input should be valid numbers from \(Int(bounds.lowerBound)) to \(Int(bounds.upperBound))")
            }
            numbers.append(Float(number))
        }
        guard numbers.contains(where: { abs($0) >= Float(Fields.least) }) else {
            throw wrong("value_error", "Input should have a number that is not 0")
        }
        return numbers
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

    private func dimension() throws(ContractError) -> Int {
        guard let dimension = parts.stack.cold.encoder?.dimension else {
            throw .unavailable("ENCODER_UNAVAILABLE", "There is no encoder, so there are no vectors to search")
        }
        return dimension
    }

    private func unitVector(_ vector: [Float]) throws(ContractError) -> [Float] {
        let dimension = try dimension()
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard vector.count == dimension, length.isFinite, length > 0 else {
            throw .senseless("The vector must have \(dimension) numbers that are not all 0")
        }
        return vector.map { Float(Double($0) / length) }
    }
}
