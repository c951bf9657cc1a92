/// A file of the documentation page, from the folder `Docs`, carried in the binary so that it runs from anywhere.
struct DocsFile: Sendable {
    /// Below `/api/v1`.
    let path: String
    let mediaType: String
    let bytes: [UInt8]

    static let all = [
        DocsFile(path: "/docs", mediaType: "text/html; charset=utf-8", bytes: PackageResources.docs_html),
        DocsFile(path: "/docs/docs.js", mediaType: "text/javascript; charset=utf-8", bytes: PackageResources.docs_js),
        DocsFile(path: "/docs/docs.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.docs_css),
    ]
}
