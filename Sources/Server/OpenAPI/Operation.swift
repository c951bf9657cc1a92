import HTTPTypes

/// What one method of one path does, as the description of the interface tells it.
struct Operation: Sendable {
    let method: HTTPRequest.Method
    /// Below `/api/v1`, with variable segments in braces, as it is registered.
    let path: String
    /// Unique, for programs that make clients.
    let id: String
    let tag: Tag
    let summary: String
    let meaning: String
    var parameters: [Parameter] = []
    var body: Body?
    var replies: [Reply]
    /// Statuses of errors beside those that follow from the rest: see `statusesOfErrors`.
    var refusals: [Int] = []

    /// What operations are grouped by, in this order.
    enum Tag: String, CaseIterable, Sendable {
        case questions = "Questions"
        case knowledge = "Knowledge"
        case tiers = "Tiers"
        case system = "System"
        case administration = "Administration"
        case training = "Training"

        var meaning: String {
            switch self {
            case .questions: "Ask for resolutions, and say whether they helped."
            case .knowledge: "The items that questions are answered from."
            case .tiers: "What hot, warm and cold hold, and how well they do."
            case .system: "What runs, how it is, and how fast."
            case .administration: "Keys, records and copies of the installation."
            case .training: "Not there yet."
            }
        }
    }

    /// What is sent beside the body.
    struct Parameter: Sendable {
        enum Place: String, Sendable {
            case path, query, header
        }

        let place: Place
        let name: String
        let meaning: String
        let isRequired: Bool
        let schema: JSONSchema

        static func path(_ name: String, _ meaning: String, _ schema: JSONSchema) -> Parameter {
            Parameter(place: .path, name: name, meaning: meaning, isRequired: true, schema: schema)
        }

        static func query(_ field: some RequestField, _ meaning: String) -> Parameter {
            Parameter(
                place: .query, name: field.name, meaning: meaning, isRequired: field.isRequired, schema: field.schema)
        }

        static func header(_ name: String, _ meaning: String, _ schema: JSONSchema) -> Parameter {
            Parameter(place: .header, name: name, meaning: meaning, isRequired: false, schema: schema)
        }
    }

    /// What is sent as the body.
    struct Body: Sendable {
        let meaning: String
        let isRequired: Bool
        let content: [Content]

        init(_ meaning: String, isRequired: Bool = true, _ content: [Content]) {
            self.meaning = meaning
            self.isRequired = isRequired
            self.content = content
        }
    }

    /// A body in one media type.
    struct Content: Sendable {
        let mediaType: String
        let schema: JSONSchema
        /// Real ones, by name: JSON text, or the text itself where the media type is none of JSON.
        let examples: [(name: String, value: JSONTree)]

        static func json(_ schema: JSONSchema, _ examples: [(name: String, value: String)] = []) -> Content {
            Content(
                mediaType: MediaTypes.json, schema: schema, examples: examples.map { ($0.name, .text($0.value)) })
        }

        static func other(_ mediaType: String, _ schema: JSONSchema, example: String? = nil) -> Content {
            Content(
                mediaType: mediaType, schema: schema, examples: example.map { [("sample", .string($0))] } ?? [])
        }
    }

    /// What comes back where nothing is wrong.
    struct Reply: Sendable {
        let status: Int
        let meaning: String
        let content: [Content]
        /// Headers beside those of every reply: name, what it says, its schema.
        var headers: [(name: String, schema: JSONSchema)] = []

        init(
            _ status: Int, _ meaning: String, _ content: [Content],
            headers: [(name: String, schema: JSONSchema)] = []
        ) {
            self.status = status
            self.meaning = meaning
            self.content = content
            self.headers = headers
        }
    }

    /// All statuses of errors that it may answer with, whoever may call it.
    var statusesOfErrors: [Int] {
        var statuses = Set(refusals + [400, 401, 403, 414, 429, 431, 500, 503])
        if parameters.contains(where: { $0.place == .path }) { statuses.insert(404) }
        if parameters.contains(where: { $0.place == .query }) { statuses.insert(422) }
        if body != nil { statuses.formUnion([408, 413, 415, 422]) }
        // A status that is told with a shape of its own is no error of the common one.
        return statuses.subtracting(replies.map(\.status)).sorted()
    }
}
