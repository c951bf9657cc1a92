import Foundation

/// The versions that `If-Match` names (RFC 9110, 13.1.1); an item's entity tag is its version in quotes.
package struct IfMatch: Equatable {
    private let versions: [Int]

    /// `nil` when any version will do: without the header and with `*`.
    package init?(_ header: String?) {
        guard let header, header.trimmed != "*" else { return nil }
        versions = header.split(separator: ",").map { tag in
            // A tag that is no version of ours matches no item.
            Int(tag.trimmed.dropFirst().dropLast()) ?? Self.noVersion
        }
    }

    /// Versions start at 1.
    private static let noVersion = -1

    package var only: Int? { versions.count == 1 ? versions.first : nil }

    package func contains(_ version: Int) -> Bool { versions.contains(version) }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
