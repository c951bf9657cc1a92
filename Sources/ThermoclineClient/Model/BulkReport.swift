extension ThermoclineClient {
    /// What the server does at a line that it cannot take.
    public enum BulkErrorMode: String, Sendable {
        /// Nothing after it is stored.
        case stop
        case `continue`
    }

    /// A line that was not stored.
    public struct BulkFailure: Sendable, Hashable {
        /// From 1.
        public let line: Int
        /// As in an error of the API.
        public let code: String
        public let message: String
    }

    /// How a bulk request ended.
    public struct BulkSummary: Sendable, Hashable, Decodable {
        public let lines: Int
        public let created: Int
        public let replaced: Int
        /// Stored with the same content already.
        public let unchanged: Int
        public let failed: Int
        /// Not every line was looked at: asked to stop, or the store failed.
        public let stopped: Bool
    }

    /// A bulk request's reply, read whole.
    public struct BulkReport: Sendable, Hashable {
        public let summary: BulkSummary
        public let failures: [BulkFailure]
    }

    /// One line of the reply.
    enum BulkLine: Decodable {
        case failure(BulkFailure)
        case summary(BulkSummary)

        private struct Form: Decodable {
            struct Fault: Decodable {
                let code: String
                let message: String
            }
            let line: Int?
            let error: Fault?
            let summary: BulkSummary?
        }

        init(from decoder: any Decoder) throws {
            let form = try Form(from: decoder)
            if let summary = form.summary {
                self = .summary(summary)
            } else if let line = form.line, let error = form.error {
                self = .failure(BulkFailure(line: line, code: error.code, message: error.message))
            } else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "neither a failure nor a summary"))
            }
        }
    }
}
