import TestSupport

/// Makes JSON texts in many forms, and damages them.
struct JSONTexts {
    var random: SeededGenerator

    init(_ random: SeededGenerator) {
        self.random = random
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &random) == 0 }

    private mutating func pick(_ choices: [String]) -> [UInt8] {
        Array((choices.randomElement(using: &random) ?? "").utf8)
    }

    private mutating func space() -> [UInt8] { chance(4) ? pick([" ", "\n", "\t", "\r\n", "  "]) : [] }

    mutating func value(depth: Int) -> [UInt8] {
        let kind = Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random)
        let value: [UInt8] =
            switch kind {
            case 0: pick(["true", "false", "null"])
            case 1, 2: number()
            case 3, 4: string()
            case 5: list("[", "]") { texts, _ in texts.value(depth: depth - 1) }
            default:
                list("{", "}") { texts, place in
                    // Damage makes no two names the same: Foundation's decoder looks at the first one's value alone.
                    let mark = [UInt8](repeating: UInt8(ascii: "a") + UInt8(place), count: 4)
                    let name = [UInt8(ascii: "\"")] + mark + texts.string().dropFirst()
                    return name + texts.space() + [UInt8(ascii: ":")] + texts.value(depth: depth - 1)
                }
            }
        return space() + value + space()
    }

    private mutating func list(
        _ open: String, _ close: String, _ element: (inout JSONTexts, Int) -> [UInt8]
    ) -> [UInt8] {
        var elements: [[UInt8]] = []
        for place in 0..<Int.random(in: 0...4, using: &random) {
            elements.append(space() + element(&self, place) + space())
        }
        return Array(open.utf8) + elements.joined(separator: [UInt8(ascii: ",")]) + Array(close.utf8)
    }

    mutating func string() -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            text += pick([
                "a", "b", "é", "e\u{301}", "日", "😀", " ", "/", "\u{7F}", "\\n", "\\\"", "\\\\", "\\/", "\\b\\f\\r\\t",
                "\\u0041", "\\u00E9", "\\ud83d\\ude00", "\\u20ac", "{", "]", ",", ":", "1",
            ])
            if chance(60) { text += pick(["\\ud83d", "\\udc00", "\\u00g0", "\\x", "\u{1}", "\n"]) }
        }
        return text + [UInt8(ascii: "\"")]
    }

    mutating func number() -> [UInt8] {
        if chance(3) {
            // As clients write vectors: the shortest text that tells a 32-bit or a 64-bit float.
            let number = Double.random(in: -1...1, using: &random)
            return Array((chance(2) ? "\(Double(Float(number)))" : "\(number)").utf8)
        }
        var text = pick(["", "-"]) + digits(0...22, leading: true)
        if chance(2) { text += [UInt8(ascii: ".")] + digits(1...22, leading: false) }
        if chance(3) { text += pick(["e", "E"]) + pick(["", "+", "-"]) + digits(1...3, leading: false) }
        return text
    }

    private mutating func digits(_ count: ClosedRange<Int>, leading: Bool) -> [UInt8] {
        let count = Int.random(in: count, using: &random)
        let digits = (0..<max(1, count)).map { place in
            let least: UInt8 = leading && place == 0 && count > 1 ? 1 : 0
            return UInt8(ascii: "0") + (chance(3) ? least : UInt8.random(in: least...9, using: &random))
        }
        // The halves between two numbers are where rounding is hardest.
        return !leading && chance(4) ? digits + pick(["0000000", "5", "50000000000", "9999999999999"]) : digits
    }

    /// Changes, leaves out, doubles or adds a byte.
    mutating func damage(_ text: inout [UInt8]) {
        guard let place = text.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.remove(at: place)
        case 1: text.insert(text[place], at: place)
        case 2: text[place] = UInt8.random(in: 0...255, using: &random)
        default: text.insert(contentsOf: pick(["\"", ",", "]", "}", "[", "\\", "0", ".", "-", "e", ":"]), at: place)
        }
    }
}
