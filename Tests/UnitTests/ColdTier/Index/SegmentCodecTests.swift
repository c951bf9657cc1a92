import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite struct SegmentCodecTests {
    private static let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 24)

    private func block(rowCount: Int) throws -> FlatBlock {
        var random = SeededGenerator(seed: 11)
        return try FlatBlock(
            rows: (0..<rowCount).map {
                (ItemID(Int64($0) * 3 + 1), ChangeNumber(Int64($0) + 5), SampleVectors.unit(24, using: &random))
            }, dimension: 24)
    }

    private func snapshot(_ block: FlatBlock) throws -> IndexSnapshot {
        try TenantIndex(tenant: .default, encoder: Self.encoder, blocks: [block], at: ChangeNumber(1)) { _, _ in true }
            .snapshot
    }

    private func encode(_ block: FlatBlock) -> SegmentBytes {
        SegmentCodec.encode(block, tenant: .default, encoder: Self.encoder)
    }

    private func decode(_ segment: SegmentBytes) throws -> FlatBlock {
        try segment.decoded(tenant: .default, encoder: Self.encoder).block
    }

    @Test("A decoded segment holds the rows that were encoded", arguments: [0, 1, 7, 500, 2_000])
    func roundTrip(rowCount: Int) throws {
        let block = try block(rowCount: rowCount)
        let segment = encode(block)
        let decoded = try segment.decoded(tenant: .default, encoder: Self.encoder)
        #expect(decoded.hasStoredCodes)
        #expect(decoded.block.isSealed && decoded.block.rowCount == rowCount && decoded.block.dimension == 24)
        #expect(decoded.block.liveRows.map(\.id) == block.liveRows.map(\.id))
        #expect(decoded.block.liveRows.map(\.changeNumber) == block.liveRows.map(\.changeNumber))
        let (before, after) = (try snapshot(block), try snapshot(decoded.block))
        for row in block.liveRows { #expect(before.vector(of: row.id) == after.vector(of: row.id)) }
        #expect(encode(decoded.block) == segment)
    }

    @Test("Codes are read as they were stored, and made again from the originals when they are not there")
    func derivedCodes() throws {
        var segment = encode(try block(rowCount: 900))
        let stored = try decode(segment)
        for damage in 0..<3 {
            switch damage {
            case 0: segment.codes = []
            case 1: segment.codes[5] ^= 1
            default: segment.codes.append(0)
            }
            let derived = try segment.decoded(tenant: .default, encoder: Self.encoder)
            #expect(!derived.hasStoredCodes)
            #expect(encode(derived.block) == encode(stored))
            segment = encode(stored)
        }
    }

    @Test("Dead rows are not written")
    func deadRows() throws {
        let index = try TenantIndex(tenant: .default, encoder: Self.encoder)
        var random = SeededGenerator(seed: 12)
        try index.apply(
            (1...10).map {
                .put(ItemID($0), vector: SampleVectors.unit(24, using: &random), at: ChangeNumber($0))
            } + [.remove(ItemID(4))], at: ChangeNumber(11))
        let decoded = try decode(encode(index.snapshot.blocks[0]))
        #expect(decoded.liveRows.map(\.id.rawValue) == [1, 2, 3, 5, 6, 7, 8, 9, 10])
    }

    @Test("A segment of another tenant, encoder or format is refused")
    func foreign() throws {
        var segment = encode(try block(rowCount: 3))
        let tenant = try #require(Tenant("other"))
        #expect(throws: SegmentError.otherTenant) { _ = try segment.decoded(tenant: tenant, encoder: Self.encoder) }
        let encoder = EncoderIdentity(name: "test", fingerprint: "fedcba9876543210", dimension: 24)
        #expect(throws: SegmentError.otherEncoder) { _ = try segment.decoded(tenant: .default, encoder: encoder) }
        segment.header[8] = 1
        #expect(throws: SegmentError.unknownVersion(1)) { _ = try decode(segment) }
        segment.header[0] = 0
        #expect(throws: SegmentError.notASegment) { _ = try decode(segment) }
    }

    @Test("A damaged chunk of originals takes its rows from vector search, and no others")
    func damagedOriginals() throws {
        let block = try block(rowCount: 1_500)
        var segment = encode(block)
        #expect(segment.originals.count == 3)
        segment.originals[1][40] ^= 0x10
        let decoded = try decode(segment)
        let snapshot = try snapshot(decoded)
        let chunkRows = 64 * 1024 / (24 * 4)
        for (row, live) in block.liveRows.enumerated() {
            let isLost = (chunkRows..<2 * chunkRows).contains(row)
            #expect((snapshot.vector(of: live.id) == nil) == isLost)
        }
        let found = try snapshot.search(query: SampleVectors.normalized(Array(repeating: 1, count: 24)), k: 1_500)
        #expect(found.count == 1_500 - chunkRows)
        // Without codes too.
        segment.codes = []
        #expect(try decode(segment).liveCount == 1_500 - chunkRows)
    }

    @Test("Damage of the header is named")
    func damage() throws {
        let segment = encode(try block(rowCount: 40))
        func decodeHeader(_ change: (inout [UInt8]) -> Void) throws {
            var damaged = segment
            change(&damaged.header)
            _ = try decode(damaged)
        }
        #expect(throws: SegmentError.damagedHeader) { try decodeHeader { $0[16] ^= 0x10 } }
        #expect(throws: SegmentError.damagedHeader) { try decodeHeader { $0[100] ^= 0x10 } }
        #expect(throws: SegmentError.damagedHeader) { try decodeHeader { $0.append(0) } }
        #expect(throws: SegmentError.wrongLength(expected: 44, actual: 12)) {
            try decodeHeader { $0 = Array($0.prefix(12)) }
        }
    }

    @Test("What LZ4 cannot shrink is stored as it is, and read back")
    func incompressible() throws {
        // One dimension of all the bits that a unit vector leaves free: random signs alone.
        var random = SeededGenerator(seed: 3)
        let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 1)
        let block = try FlatBlock(
            rows: (0..<7).map {
                (ItemID(Int64($0 + 1)), ChangeNumber(Int64($0 + 1)), [Bool.random(using: &random) ? 1 : -1])
            }, dimension: 1)
        let segment = SegmentCodec.encode(block, tenant: .default, encoder: encoder)
        #expect(segment.originals.map(\.count).reduce(0, +) <= 32)
        let decoded = try segment.decoded(tenant: .default, encoder: encoder).block
        #expect(SegmentCodec.encode(decoded, tenant: .default, encoder: encoder) == segment)
    }
}
