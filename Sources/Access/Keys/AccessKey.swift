import Crypto
import Foundation

/// A key as its holder has it: `tc_<id>_<secret>`, both parts random letters and digits.
///
/// The id tells keys apart and may be shown; the secret may not. Here a key exists between being made and being
/// handed over, and while a request is let in; what is kept is its digest.
public struct AccessKey: Sendable, Hashable {
    static let prefix = "tc_"
    /// 80 bits: ids never meet.
    static let idLength = 16
    /// 260 bits, so a plain SHA-256 of it cannot be searched for its origin.
    static let secretLength = 52
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    public let id: String
    public let text: String

    /// `nil` for a text that is no key, whoever made it.
    public init?(_ text: String) {
        let bytes = text.utf8
        let prefix = Self.prefix.utf8
        guard bytes.count == prefix.count + Self.idLength + 1 + Self.secretLength, bytes.starts(with: prefix) else {
            return nil
        }
        let id = bytes.dropFirst(prefix.count).prefix(Self.idLength)
        let rest = bytes.dropFirst(prefix.count + Self.idLength)
        guard rest.first == UInt8(ascii: "_"), id.allSatisfy(Self.isOfAlphabet),
            rest.dropFirst().allSatisfy(Self.isOfAlphabet)
        else { return nil }
        self.id = String(decoding: id, as: UTF8.self)
        self.text = text
    }

    private init(id: String, secret: String) {
        self.id = id
        text = Self.prefix + id + "_" + secret
    }

    /// A key nobody has yet, from the system's secure source.
    static func random() -> AccessKey {
        AccessKey(id: letters(idLength), secret: letters(secretLength))
    }

    /// What is kept of it: the SHA-256 of all of its text.
    var digest: SHA256Digest { SHA256.hash(data: Data(text.utf8)) }

    private static func letters(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<count).map { _ in alphabet[Int(generator.next(upperBound: UInt8(alphabet.count)))] },
            as: UTF8.self)
    }

    private static func isOfAlphabet(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte)
    }
}
