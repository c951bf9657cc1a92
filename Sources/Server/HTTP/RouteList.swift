package import HTTPTypes

/// The paths and methods that the server answers, and who may: for `Allow`, for telling a wrong method from a wrong path,
/// and for whoever describes them.
package struct RouteList: Sendable {
    /// One path with one method.
    package struct Route: Sendable, Hashable {
        /// From the root, with variable segments in braces.
        package let pattern: String
        package let method: HTTPRequest.Method
        package let access: RouteAccess
    }

    private struct Entry: Sendable {
        /// `nil` stands for any one segment.
        let segments: [Substring?]
        let methods: [String]
        let isProbe: Bool
    }

    private var entries: [Entry] = []
    /// All of them, in the order in which they were added.
    package private(set) var routes: [Route] = []

    package init() {}

    /// - Parameter pattern: segments parted by `/`; one in braces stands for any.
    package mutating func add(
        _ pattern: String, _ methods: [HTTPRequest.Method], for access: RouteAccess, isProbe: Bool = false
    ) {
        routes += methods.map { Route(pattern: pattern, method: $0, access: access) }
        let segments = Self.segments(pattern).map { $0.hasPrefix("{") ? nil : $0 }
        var names = methods.map(\.rawValue)
        if methods.contains(.get) { names.append(HTTPRequest.Method.head.rawValue) }
        if let index = entries.firstIndex(where: { $0.segments == segments }) {
            entries[index] = Entry(
                segments: segments, methods: entries[index].methods + names,
                isProbe: isProbe || entries[index].isProbe)
        } else {
            entries.append(Entry(segments: segments, methods: names, isProbe: isProbe))
        }
    }

    /// The methods that `path` takes, sorted; none when nothing is there.
    ///
    /// Of several patterns that fit, the one counts that the router takes: a segment's own name goes before a variable.
    package func methods(for path: String) -> [String] {
        let segments = Self.segments(path)
        let fitting = entries.filter { Self.matches($0.segments, segments) }
        let taken = fitting.min { one, other in
            zip(one.segments, other.segments).first { ($0 == nil) != ($1 == nil) }.map { $0.0 != nil } ?? false
        }
        return taken.map { Set($0.methods).sorted() } ?? []
    }

    /// Whether `path` is asked by those who watch the server, and answered even while it shuts down.
    package func isProbe(_ path: String) -> Bool {
        let segments = Self.segments(path)
        return entries.contains { $0.isProbe && Self.matches($0.segments, segments) }
    }

    /// Paths that nobody needs a key for, as they are asked for: with and without a slash at the end.
    package var openPaths: Set<String> {
        Set(routes.filter { $0.access == .anyone }.flatMap { [$0.pattern, $0.pattern + "/"] })
    }

    private static func segments(_ path: String) -> [Substring] { path.split(separator: "/") }

    private static func matches(_ pattern: [Substring?], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count && zip(pattern, segments).allSatisfy { $0 == nil || $0 == $1 }
    }
}
