import Foundation

/// A number of a JSON text, taken in digit by digit: ±`digits` · 10^`exponent`.
///
/// What has at most 19 digits, and no power of ten beyond 64 bits, is turned into the nearest `Double` by whole numbers alone;
/// the rest, which hardly any client sends, by what the standard library and Foundation have for it.
struct JSONNumber {
    /// Far beyond that of any `Double`: exponents need not be told apart from here on.
    static let largestExponent = 100_000
    /// So many nines are less than 2⁶⁴.
    private static let maximumDigitCount = 19

    var isNegative = false
    private var digits: UInt64 = 0
    /// Of `digits`, leading zeros not counted.
    private var digitCount = 0
    private var exponent = 0
    /// Neither a fraction nor an exponent was written.
    private var isWhole = true
    /// Nothing was left out of `digits`.
    private var isComplete = true

    mutating func append(_ digit: UInt8) {
        guard digitCount < Self.maximumDigitCount else {
            isComplete = false
            return
        }
        digits = digits &* 10 &+ UInt64(digit)
        if digits != 0 { digitCount += 1 }
    }

    mutating func append(fractional digit: UInt8) {
        isWhole = false
        exponent -= 1
        append(digit)
    }

    mutating func scale(by power: Int) {
        isWhole = false
        exponent += power
    }

    /// A whole number where it is one, however written, as far as a `Double` tells and an `Int` holds it.
    ///
    /// - Parameter text: what the digits came from.
    /// - Returns: `nil` for what no `Double` holds.
    func value(of text: UnsafeRawBufferPointer) -> JSONValue? {
        if isWhole, let whole { return .int(whole) }
        let number = nearest ?? Double(String(decoding: text, as: UTF8.self))
        guard let number, number.isFinite else { return nil }
        guard let whole = Int(exactly: number) else { return .double(number) }
        guard number.magnitude >= Self.leastUncertain else { return .int(whole) }
        // From here on, numbers that are not whole have whole numbers for their nearest `Double`.
        return (try? JSONDecoder().decode(Int.self, from: Data(text))).map { .int($0) } ?? .double(number)
    }

    private static let leastUncertain = 0x1p53

    private var whole: Int? {
        guard isComplete else { return nil }
        return isNegative ? Int(exactly: -Int128(digits)) : Int(exactly: digits)
    }

    private var nearest: Double? {
        guard isComplete, exponent <= 0, -exponent < Self.powersOfTen.count else { return nil }
        let magnitude = Self.quotient(digits, Self.powersOfTen[-exponent])
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen = (0...19).map { power in
        (0..<power).reduce(UInt64(1)) { product, _ in product * 10 }
    }

    /// The `Double` nearest to a quotient, of two that are as near the even one.
    ///
    /// Both numbers are shifted to have 64 bits, which keeps their quotient between ½ and 2, and 63 or 64 bits of it are
    /// computed, of which the last is also set where there would be more: enough for rounding to 53 bits to be right.
    private static func quotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
        guard dividend != 0 else { return 0 }
        let (up, down) = (dividend.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let shifted = dividend << up
        let (quotient, remainder) = (divisor << down).dividingFullWidth((shifted >> 1, shifted << 63))
        let rounded = Double(quotient | (remainder == 0 ? 0 : 1))
        return rounded * Double(sign: .plus, exponent: down - up - 63, significand: 1)
    }
}
