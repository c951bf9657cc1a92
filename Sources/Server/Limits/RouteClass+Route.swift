package import Access
package import HTTPTypes

extension RouteClass {
    /// Many items by one request, whoever may ask for them.
    private static let bulkPaths: Set<String> = ["/knowledge/bulk", "/knowledge/export"]

    /// - Parameter path: with or without the prefix.
    package init(_ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess, isProbe: Bool) {
        let path = path.hasPrefix(Routes.prefix) ? String(path.dropFirst(Routes.prefix.count)) : path
        if isProbe || access == .anyone {
            self = .probe
        } else if Self.bulkPaths.contains(path) {
            self = .bulk
        } else if method == .get || access == .reader || path.hasSuffix("/search") {
            self = .read
        } else {
            self = access == .writer ? .write : .bulk
        }
    }
}
