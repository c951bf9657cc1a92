/// Whether a client takes gzip, by its `Accept-Encoding` (RFC 9110, section 12.5.3).
package enum AcceptedEncodings {
    /// False for a client that says nothing, that prefers the reply as it is, or whose wish cannot be read.
    package static func takesGzip(_ acceptEncoding: String?) -> Bool {
        guard let acceptEncoding else { return false }
        var gzip: Double?
        var any: Double?
        var identity: Double?
        for entry in acceptEncoding.split(separator: ",") {
            let parts = entry.split(separator: ";", omittingEmptySubsequences: false)
            let weight = parts.dropFirst().reduce(1.0) { weight, parameter in
                let pair = parameter.split(separator: "=", maxSplits: 1).map { $0.trimmed }
                guard pair.first?.lowercased() == "q" else { return weight }
                return pair.count == 2 ? Double(pair[1]).map { (0...1).contains($0) ? $0 : 0 } ?? 0 : 0
            }
            switch parts[0].trimmed.lowercased() {
            case "gzip", "x-gzip": gzip = max(gzip ?? 0, weight)
            case "identity": identity = weight
            case "*": any = weight
            default: break
            }
        }
        let wanted = gzip ?? any ?? 0
        return wanted > 0 && wanted >= identity ?? 0
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        return start[...].dropLast(start.reversed().prefix { $0 == " " || $0 == "\t" }.count)
    }
}
