/// Writes JSON text straight into bytes; the caller keeps objects and arrays balanced.
///
/// Replies are assembled from parts encoded once and a few fields that vary, which a coder working on
/// whole values cannot do (and encoding whole replies was seen to cost 40 % of the throughput).
/// Commas are placed by looking at the last byte, so members can be written conditionally.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    public mutating func object(_ name: StaticString? = nil, _ members: (inout JSONWriter) -> Void) {
        open(name, UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    public mutating func array(_ name: StaticString? = nil, _ elements: (inout JSONWriter) -> Void) {
        open(name, UInt8(ascii: "["))
        elements(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// An object whose member name is data, such as a part's name.
    public mutating func object(named name: String, _ members: (inout JSONWriter) -> Void) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// An array whose member name is data.
    public mutating func array(named name: String, _ elements: (inout JSONWriter) -> Void) {
        separate()
        appendString(name)
        bytes.append(contentsOf: ":[".utf8)
        elements(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    public mutating func member(_ name: StaticString, _ value: String) {
        appendName(name)
        appendString(value)
    }

    public mutating func member(_ name: StaticString, _ value: Int) {
        appendName(name)
        appendInteger(value)
    }

    public mutating func member(_ name: StaticString, _ value: Bool) {
        appendName(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// A number with at most `decimals` decimals; `null` for NaN and infinities, which JSON does not have.
    public mutating func member(_ name: StaticString, _ value: Double, decimals: Int) {
        appendName(name)
        appendNumber(value, decimals: decimals)
    }

    public mutating func null(_ name: StaticString) {
        appendName(name)
        bytes.append(contentsOf: "null".utf8)
    }

    /// A member whose name is data.
    public mutating func member(named name: String, _ value: String) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        appendString(value)
    }

    /// A whole number whose member name is data.
    public mutating func member(named name: String, _ value: Int) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        appendInteger(value)
    }

    /// A number whose member name is data.
    public mutating func member(named name: String, _ value: Double, decimals: Int) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
        appendNumber(value, decimals: decimals)
    }

    public mutating func element(_ value: String) {
        separate()
        appendString(value)
    }

    public mutating func element(_ value: Int) {
        separate()
        appendInteger(value)
    }

    /// A number with at most `decimals` decimals; `null` for NaN and infinities.
    public mutating func element(_ value: Double, decimals: Int) {
        separate()
        appendNumber(value, decimals: decimals)
    }

    /// The name of a member, when it is data and what comes next is its value.
    public mutating func name(_ name: String) {
        separate()
        appendString(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Members encoded earlier, without braces; nothing when empty.
    public mutating func splice(_ fragment: [UInt8]) {
        guard !fragment.isEmpty else { return }
        separate()
        bytes.append(contentsOf: fragment)
    }

    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
    }

    private mutating func open(_ name: StaticString?, _ bracket: UInt8) {
        if let name { appendName(name) } else { separate() }
        bytes.append(bracket)
    }

    /// A comma, unless this is the first thing in its object, array or line.
    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: "\n"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func appendName(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func appendInteger(_ value: Int) {
        bytes.append(contentsOf: String(value).utf8)
    }

    private mutating func appendNumber(_ value: Double, decimals: Int) {
        guard value.isFinite, abs(value) < 1e12 else {
            bytes.append(contentsOf: "null".utf8)
            return
        }
        let scale = Self.powersOfTen[decimals]
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        if value < 0, scaled != 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.append(contentsOf: String(scaled / scale).utf8)
        let fraction = scaled % scale
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var digit = scale / 10
        var rest = fraction
        while rest != 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / digit))
            rest %= digit
            digit /= 10
        }
    }

    /// At most six decimals are ever shown.
    private static let powersOfTen: [Int64] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

    private mutating func appendString(_ value: String) {
        var value = value
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8 { utf8 in
            var start = 0
            for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                bytes.append(contentsOf: utf8[start..<index])
                start = index + 1
                appendEscape(of: byte)
            }
            bytes.append(contentsOf: utf8[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case 0x22: bytes.append(contentsOf: #"\""#.utf8)
        case 0x5C: bytes.append(contentsOf: #"\\"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        default:
            bytes.append(contentsOf: (byte < 0x10 ? #"\u000"# : #"\u00"#).utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}
