import HotTier
import Knowledge
import Routing
package import Sealing

/// A snapshot as a row of blocks, each with a checksum; written and read one by one, so that a copy of hot is never
/// in memory as a whole.
///
/// All numbers are little-endian. A block is its kind (4 bytes), the length of what it holds (4), XXH64 of both and of
/// what it holds (8), and that. What is not exactly this is no snapshot:
///
/// | kind | times | holds |
/// |---:|---|---|
/// | 1 | once, first | magic `TCHS` (4), version 1 (1), version of the envelopes (1), store and encoder, each its length (2) and UTF-8, change number (8), saved at, ms since 1970 (8) |
/// | 2 | any | pins: length of the tenant's name (1), the name, fingerprint (16) |
/// | 3 | any | one answer's `AnswerEnvelope` |
/// | 4 | any | ledger: fingerprint (16), mark of the tenant (4), count (4), last access (8), quality (4, NaN for none) |
/// | 6 | any | in place of 3 where the store is sealed: an answer's envelope, sealed |
/// | 5 | once, last | numbers of pins, answers and ledger's entries (8 each) |
package enum SnapshotCodec {
    private static let version: UInt8 = 1
    private static let magic: UInt32 = 0x5348_4354
    /// Pins or ledger's entries in one block.
    private static let pageCount = 10_000
    private static let frameByteCount = 16

    private enum Kind: UInt32 {
        case head = 1
        case pins, answer, ledger, end, sealedAnswer
    }

    /// - Parameter sealer: seals the answers; what else there is holds no text.
    package static func encode(
        _ snapshot: HotSnapshot, sealer: Sealer? = nil, to write: ([UInt8]) throws(SnapshotError) -> Void
    ) throws(SnapshotError) {
        try write(block(.head, head(snapshot.origin)))
        var start = 0
        while start < snapshot.pins.count {
            let end = min(start + pageCount, snapshot.pins.count)
            try write(block(.pins, pins(snapshot.pins[start..<end])))
            start = end
        }
        var answerCount = 0
        for answer in snapshot.answers {
            // Too large for Redis is too large for a snapshot.
            guard let envelope = AnswerEnvelope.encode(answer) else { continue }
            if let sealer {
                guard let sealed = try? sealer.seal(envelope, as: context(snapshot.origin)) else { continue }
                try write(block(.sealedAnswer, sealed))
            } else {
                try write(block(.answer, envelope))
            }
            answerCount += 1
        }
        start = 0
        while start < snapshot.ledger.count {
            let end = min(start + pageCount, snapshot.ledger.count)
            try write(block(.ledger, ledger(snapshot.ledger[start..<end])))
            start = end
        }
        var counts: [UInt8] = []
        for count in [snapshot.pins.count, answerCount, snapshot.ledger.count] { counts.append(Int64(count)) }
        try write(block(.end, counts))
    }

    private static func context(_ origin: HotSnapshot.Origin) -> SealContext {
        SealContext(origin.storeID, SnapshotFile.name)
    }

    /// - Parameters:
    ///   - sealer: opens the answers, all of which must be sealed then.
    ///   - read: gives so many bytes, fewer at the end only. Any bytes may be given.
    package static func decode(
        sealer: Sealer? = nil, from read: (Int) throws(SnapshotError) -> [UInt8]
    ) throws(SnapshotError) -> HotSnapshot {
        let (kind, payload) = try nextBlock(read)
        guard kind == .head else { throw .damaged }
        var snapshot = HotSnapshot(origin: try origin(payload))
        while true {
            let (kind, payload) = try nextBlock(read)
            var fields = ByteFields(payload)
            switch kind {
            case .head: throw .damaged
            case .pins: while !fields.isAtEnd { snapshot.pins.append(try pin(&fields)) }
            case .answer:
                guard sealer == nil else { throw .notSealed }
                guard let answer = AnswerEnvelope.decode(payload) else { throw .damaged }
                snapshot.answers.append(answer)
            case .sealedAnswer:
                guard let envelope = try? sealer?.open(payload, as: context(snapshot.origin)) else {
                    throw .doesNotOpen
                }
                guard let answer = AnswerEnvelope.decode(envelope) else { throw .damaged }
                snapshot.answers.append(answer)
            case .ledger: while !fields.isAtEnd { snapshot.ledger.append(try memory(&fields)) }
            case .end:
                for count in [snapshot.pins.count, snapshot.answers.count, snapshot.ledger.count] {
                    guard try fields.next() == Int64(count) else { throw .damaged }
                }
                guard fields.isAtEnd, try read(1).isEmpty else { throw .damaged }
                return snapshot
            }
        }
    }

    // MARK: Blocks

    private static func block(_ kind: Kind, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(frameByteCount + payload.count)
        bytes.append(kind.rawValue)
        bytes.append(UInt32(payload.count))
        bytes.append(checksum(bytes, payload))
        bytes += payload
        return bytes
    }

    private static func nextBlock(
        _ read: (Int) throws(SnapshotError) -> [UInt8]
    ) throws(SnapshotError) -> (Kind, [UInt8]) {
        let frame = try read(frameByteCount)
        var fields = ByteFields(frame)
        guard let kind = Kind(rawValue: try fields.next()) else { throw .damaged }
        let length: UInt32 = try fields.next()
        let expected: UInt64 = try fields.next()
        guard length <= AnswerEnvelope.maximumByteCount + Sealer.overhead else { throw .damaged }
        let payload = try read(Int(length))
        guard payload.count == length, checksum(Array(frame.prefix(8)), payload) == expected else { throw .damaged }
        return (kind, payload)
    }

    /// Of the payload, mixed with kind and length.
    private static func checksum(_ frame: [UInt8], _ payload: [UInt8]) -> UInt64 {
        var bytes = frame
        bytes.append(payload.withUnsafeBytes { XXH64.hash($0) })
        return bytes.withUnsafeBytes { XXH64.hash($0) }
    }

    // MARK: What blocks hold

    private static func head(_ origin: HotSnapshot.Origin) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(magic)
        bytes.append(version)
        bytes.append(AnswerEnvelope.codecVersion)
        for text in [origin.storeID, origin.encoder] {
            let utf8 = Array(text.utf8.prefix(Int(UInt16.max)))
            bytes.append(UInt16(utf8.count))
            bytes += utf8
        }
        bytes.append(origin.changeNumber.rawValue)
        bytes.append(origin.savedAt.milliseconds)
        return bytes
    }

    private static func origin(_ payload: [UInt8]) throws(SnapshotError) -> HotSnapshot.Origin {
        var fields = ByteFields(payload)
        guard try fields.next() == magic else { throw .damaged }
        guard try fields.next() == version, try fields.next() == AnswerEnvelope.codecVersion else {
            throw .otherVersion
        }
        let storeID = try fields.text(Int(try fields.next() as UInt16))
        let encoder = try fields.text(Int(try fields.next() as UInt16))
        let origin = HotSnapshot.Origin(
            storeID: storeID, encoder: encoder, changeNumber: ChangeNumber(try fields.next()),
            savedAt: Timestamp(milliseconds: try fields.next()))
        guard fields.isAtEnd else { throw .damaged }
        return origin
    }

    private static func pins(_ pins: ArraySlice<HotPin>) -> [UInt8] {
        var bytes: [UInt8] = []
        for pin in pins {
            bytes.append(UInt8(pin.tenant.name.utf8.count))
            bytes += pin.tenant.name.utf8
            bytes.append(pin.fingerprint.high)
            bytes.append(pin.fingerprint.low)
        }
        return bytes
    }

    private static func pin(_ fields: inout ByteFields) throws(SnapshotError) -> HotPin {
        guard let tenant = Tenant(try fields.text(Int(try fields.next() as UInt8))) else { throw .damaged }
        return HotPin(tenant: tenant, fingerprint: try fields.fingerprint())
    }

    private static func ledger(_ memories: ArraySlice<AccessLedger.Memory>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(memories.count * 36)
        for memory in memories {
            bytes.append(memory.fingerprint.high)
            bytes.append(memory.fingerprint.low)
            bytes.append(memory.tenant.rawValue)
            bytes.append(memory.count)
            bytes.append(memory.lastAccess.milliseconds)
            bytes.append((memory.quality ?? .nan).bitPattern)
        }
        return bytes
    }

    private static func memory(_ fields: inout ByteFields) throws(SnapshotError) -> AccessLedger.Memory {
        let fingerprint = try fields.fingerprint()
        let tenant = TenantMark(rawValue: try fields.next())
        let count: Int32 = try fields.next()
        let lastAccess = Timestamp(milliseconds: try fields.next())
        let quality = Float(bitPattern: try fields.next())
        guard count >= 0, quality.isNaN || (0...1).contains(quality) else { throw .damaged }
        return AccessLedger.Memory(
            fingerprint: fingerprint, tenant: tenant, count: count, lastAccess: lastAccess,
            quality: quality.isNaN ? nil : quality)
    }
}

extension [UInt8] {
    fileprivate mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
