import Foundation

/// One HTTP/1 reply of known length, read from what a connection has received.
public struct RawReply {
    public let status: Int
    /// Names in lower case.
    public let fields: [String: String]
    public let body: String

    /// The replies that `text` consists of, in order; what is not whole is left out.
    public static func all(in text: String) -> [RawReply] {
        var replies: [RawReply] = []
        var rest = text.utf8[...]
        while let head = range(of: "\r\n\r\n", in: rest) {
            let lines = String(Substring(rest[..<head.lowerBound])).components(separatedBy: "\r\n")
            let first = lines[0].split(separator: " ")
            guard first.count > 1, let status = Int(first[1]) else { break }
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            let length = fields["content-length"].flatMap { Int($0) } ?? 0
            let body = rest[head.upperBound...]
            guard body.count >= length else { break }
            replies.append(RawReply(status: status, fields: fields, body: String(Substring(body.prefix(length)))))
            rest = body.dropFirst(length)
        }
        return replies
    }

    private static func range(
        of pattern: String, in text: Substring.UTF8View
    ) -> Range<Substring.UTF8View.Index>? { text.firstRange(of: pattern.utf8) }

    public var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }
}
