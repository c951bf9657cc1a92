import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension ThermoclineClient {
    /// All items as of one moment, in pieces of NDJSON that can be written and imported as they are.
    ///
    /// Begun again as often as any read; the pieces come once, and have no deadline but the task's own. An export that
    /// is broken off throws instead of ending.
    public func export() async throws(ClientError) -> KnowledgeExport {
        KnowledgeExport(response: try await open(Call(.GET, "/knowledge/export", repetition: .afterAnyFailure)))
    }

    /// An export as it comes. One task may read it, once.
    public struct KnowledgeExport: Sendable, AsyncSequence {
        public typealias Element = [UInt8]
        let response: HTTPClientResponse

        public func makeAsyncIterator() -> Iterator { Iterator(pieces: response.body.makeAsyncIterator()) }

        /// The same as items.
        public var items: ExportedItems { ExportedItems(response: response) }

        public struct Iterator: AsyncIteratorProtocol {
            var pieces: HTTPClientResponse.Body.AsyncIterator

            public mutating func next() async throws -> [UInt8]? {
                do {
                    guard let piece = try await pieces.next() else {
                        try Task.checkCancellation()
                        return nil
                    }
                    return Array(piece.readableBytesView)
                } catch {
                    throw ClientError(error)
                }
            }
        }
    }

    /// The items of an export.
    public struct ExportedItems: Sendable, AsyncSequence {
        public typealias Element = Item
        let response: HTTPClientResponse

        public func makeAsyncIterator() -> Iterator { Iterator(lines: ReplyLines(response.body)) }

        public struct Iterator: AsyncIteratorProtocol {
            var lines: ReplyLines<HTTPClientResponse.Body>

            public mutating func next() async throws -> Item? {
                guard let line = try await lines.next() else {
                    if Task.isCancelled { throw ClientError.cancelled }
                    return nil
                }
                return try APICoding.value(Item.self, from: line)
            }
        }
    }
}
