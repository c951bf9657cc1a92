/// An answer as the bytes that Redis and snapshots keep.
///
/// All numbers are little-endian. What is not exactly this is no answer: wrong magic, another version, an
/// unknown flag, a length that does not add up, a checksum that differs.
///
/// | offset | bytes | field |
/// |---:|---:|---|
/// | 0 | 4 | magic `TCAE` |
/// | 4 | 1 | codec version, 3 |
/// | 5 | 1 | flags: 1 for an answer whose first result was voted unhelpful |
/// | 6 | 1 | t, length of the tenant's name, 1…63 |
/// | 7 | 1 | 0 |
/// | 8 | 16 | fingerprint: high half, low half |
/// | 24 | 8 | change number |
/// | 32 | 8 | computed at, ms since 1970 |
/// | 40 | 8 | expires at, ms since 1970 |
/// | 48 | 8 | quality, IEEE 754, 0…1 |
/// | 56 | 8 | number of results, not negative |
/// | 64 | 8 | items searched, not negative |
/// | 72 | 4 | k, length of the question's key |
/// | 76 | 4 | f, length of the fragment |
/// | 80 | 8 | change number that it is valid through |
/// | 88 | 4 | p, length of the footprint; 0 when there is none |
/// | 92 | 4 | 0 |
/// | 96 | t + k + f + p | tenant's name, key, fragment, footprint (see `FootprintCodec`) |
/// | 96+t+k+f+p | 8 | XXH64 of all bytes before |
package enum AnswerEnvelope {
    /// Raised whenever the table changes; it stands in the Redis keys too, so that versions do not meet.
    package static let codecVersion: UInt8 = 3
    /// Twenty results with the longest resolutions, escaped, stay below; more is not worth a round trip.
    package static let maximumByteCount = 4 * 1024 * 1024
    private static let votedUnhelpful: UInt8 = 1
    private static let magic: UInt32 = 0x4541_4354
    private static let headerByteCount = 96
    private static let checksumByteCount = 8

    /// `nil` when the envelope would be larger than `maximumByteCount`.
    package static func encode(_ answer: Answer) -> [UInt8]? {
        let tenant = answer.tenant.name.utf8
        let footprint = answer.footprint.map { FootprintCodec.encode($0) } ?? []
        let (payload, overflow) = answer.key.bytes.count.addingReportingOverflow(answer.fragment.count)
        let count = headerByteCount + tenant.count + footprint.count + checksumByteCount
        guard !overflow, payload <= maximumByteCount - count else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + payload)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(magic)
        bytes.append(codecVersion)
        bytes.append(answer.isVotedUnhelpful ? votedUnhelpful : 0)
        bytes.append(UInt8(tenant.count))
        bytes.append(0)
        append(answer.fingerprint.high)
        append(answer.fingerprint.low)
        append(answer.changeNumber.rawValue)
        append(answer.computedAt.milliseconds)
        append(answer.expiresAt.milliseconds)
        append(answer.quality.bitPattern)
        append(Int64(answer.resultCount))
        append(Int64(answer.itemsSearched))
        append(UInt32(answer.key.bytes.count))
        append(UInt32(answer.fragment.count))
        append(answer.validThrough.rawValue)
        append(UInt32(footprint.count))
        append(UInt32(0))
        bytes.append(contentsOf: tenant)
        bytes.append(contentsOf: answer.key.bytes)
        bytes.append(contentsOf: answer.fragment)
        bytes.append(contentsOf: footprint)
        append(bytes.withUnsafeBytes { XXH64.hash($0) })
        return bytes
    }

    /// `nil` when `bytes` are no envelope of this version. Any bytes may be given.
    package static func decode(_ bytes: [UInt8]) -> Answer? {
        bytes.withUnsafeBytes { decode($0) }
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> Answer? {
        guard bytes.count >= headerByteCount + checksumByteCount, bytes.count <= maximumByteCount else { return nil }
        func load<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self) -> Value {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard load(0, as: UInt32.self) == magic, bytes[4] == codecVersion,
            bytes[5] & ~votedUnhelpful == 0, bytes[7] == 0
        else { return nil }
        let tenantEnd = headerByteCount + Int(bytes[6])
        let keyEnd = tenantEnd + Int(load(72, as: UInt32.self))
        let fragmentEnd = keyEnd + Int(load(76, as: UInt32.self))
        let footprintEnd = fragmentEnd + Int(load(88, as: UInt32.self))
        guard footprintEnd + checksumByteCount == bytes.count, load(92, as: UInt32.self) == 0,
            load(footprintEnd, as: UInt64.self) == XXH64.hash(UnsafeRawBufferPointer(rebasing: bytes[..<footprintEnd]))
        else { return nil }
        var footprint: Footprint?
        if footprintEnd > fragmentEnd {
            footprint = FootprintCodec.decode(bytes[fragmentEnd..<footprintEnd])
            guard footprint != nil else { return nil }
        }
        let quality = Double(bitPattern: load(48))
        let resultCount: Int64 = load(56)
        let itemsSearched: Int64 = load(64)
        guard let tenant = Tenant(String(decoding: bytes[headerByteCount..<tenantEnd], as: UTF8.self)),
            (0...1).contains(quality), resultCount >= 0, itemsSearched >= 0
        else { return nil }
        return Answer(
            tenant: tenant, fingerprint: Fingerprint(high: load(8), low: load(16)),
            key: QuestionKey(bytes: [UInt8](bytes[tenantEnd..<keyEnd])), changeNumber: ChangeNumber(load(24)),
            computedAt: Timestamp(milliseconds: load(32)), expiresAt: Timestamp(milliseconds: load(40)),
            quality: quality, resultCount: Int(resultCount), itemsSearched: Int(itemsSearched),
            fragment: [UInt8](bytes[keyEnd..<fragmentEnd]), footprint: footprint,
            validThrough: ChangeNumber(load(80)), isVotedUnhelpful: bytes[5] & votedUnhelpful != 0)
    }
}
