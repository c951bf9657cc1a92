public import Foundation

extension ThermoclineClient {
    /// A piece of knowledge as it is stored.
    public struct Item: Sendable, Hashable, Decodable, Identifiable {
        public let id: String
        /// Its ETag: one more at each change.
        public let version: Int
        public let issue: String
        public let resolution: String
        public let category: String
        public let tags: [String]
        public let createdAt: Date
        public let updatedAt: Date
        /// −1…1 by feedback; only where a single item was asked for.
        public let quality: Double?
    }

    /// What people write of an item. The server says what is wrong with it.
    public struct ItemDraft: Sendable, Hashable, Encodable {
        public var issue: String
        public var resolution: String
        public var category: String?
        public var tags: [String]

        public init(issue: String, resolution: String, category: String? = nil, tags: [String] = []) {
            self.issue = issue
            self.resolution = resolution
            self.category = category
            self.tags = tags
        }
    }

    /// The fields of an item that are to change; `nil` leaves one as it is.
    public struct ItemChanges: Sendable, Hashable, Encodable {
        public var issue: String?
        public var resolution: String?
        public var category: String?
        public var tags: [String]?

        public init(
            issue: String? = nil, resolution: String? = nil, category: String? = nil, tags: [String]? = nil
        ) {
            self.issue = issue
            self.resolution = resolution
            self.category = category
            self.tags = tags
        }
    }

    /// What became of a write.
    public struct StoredItem: Sendable, Hashable {
        public let id: String
        public let version: Int
        /// Nothing of this issue was there before.
        public let isNew: Bool
    }

    /// Some items in their stable order.
    public struct ItemPage: Sendable, Hashable, Decodable {
        public let items: [Item]
        /// Where the next page begins; `nil` on the last.
        public let nextCursor: String?
    }
}
