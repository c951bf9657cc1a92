import Foundation

extension StringProtocol {
    /// True when there is nothing but white space and control characters.
    public var isBlank: Bool {
        unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
    }

    /// NFC with runs of white space made one space and none at the ends. Case and accents stay.
    ///
    /// Of a text in ASCII that is folded already, as every text is that was stored, it takes less than a microsecond.
    public func foldingWhiteSpace() -> String {
        if isFoldedASCII { return String(self) }
        var folded = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in precomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.isWhitespace {
                pendingSpace = !folded.isEmpty
            } else {
                if pendingSpace { folded.append(" ") }
                pendingSpace = false
                folded.append(scalar)
            }
        }
        return String(folded)
    }

    private var isFoldedASCII: Bool {
        var last: UInt8 = 0x20
        for byte in utf8 {
            guard byte < 0x80, !(0x09...0x0D).contains(byte), byte != 0x20 || last != 0x20 else { return false }
            last = byte
        }
        return last != 0x20
    }

    /// The form in which two questions are the same question: lower case, without accents, white space folded.
    ///
    /// Nothing is folded that encoder, lexical tokeniser or strategy chooser could tell apart, for all of
    /// them read the folded text. ASCII, nearly all of what is asked, takes a path without normalisation.
    public func foldedQuestion() -> String {
        if let ascii = foldedASCII() { return ascii }
        var folded = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            if scalar.properties.isWhitespace {
                pendingSpace = !folded.isEmpty
            } else if scalar.properties.generalCategory != .nonspacingMark {
                if pendingSpace { folded.append(" ") }
                pendingSpace = false
                folded.append(scalar)
            }
        }
        return String(folded).precomposedStringWithCanonicalMapping
    }

    private func foldedASCII() -> String? {
        // A String of its own: its bytes lie in one piece, and loops over them are compiled for it here.
        var text = String(self)
        return text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: bytes.count) { folded in
                var count = 0
                var pendingSpace = false
                for byte in bytes {
                    switch byte {
                    case 0x09...0x0D, 0x20: pendingSpace = count > 0
                    default:
                        if pendingSpace {
                            folded[count] = 0x20
                            count += 1
                        }
                        pendingSpace = false
                        folded[count] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
                        count += 1
                    }
                }
                return count
            }
        }
    }
}
