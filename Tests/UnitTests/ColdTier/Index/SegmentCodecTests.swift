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

    @Test("A decoded segment holds the rows that were encoded", arguments: [0, 1, 7, 500])
    func roundTrip(rowCount: Int) throws {
        let block = try block(rowCount: rowCount)
        let bytes = SegmentCodec.encode(block, tenant: .default, encoder: Self.encoder)
        let decoded = try SegmentCodec.decode(bytes, tenant: .default, encoder: Self.encoder)
        #expect(decoded.isSealed && decoded.rowCount == rowCount && decoded.dimension == 24)
        #expect(decoded.liveRows.map(\.id) == block.liveRows.map(\.id))
        #expect(decoded.liveRows.map(\.changeNumber) == block.liveRows.map(\.changeNumber))
        let (before, after) = (try snapshot(block), try snapshot(decoded))
        for row in block.liveRows { #expect(before.vector(of: row.id) == after.vector(of: row.id)) }
        #expect(SegmentCodec.encode(decoded, tenant: .default, encoder: Self.encoder) == bytes)
    }

    @Test("Dead rows are not written")
    func deadRows() throws {
        let index = try TenantIndex(tenant: .default, encoder: Self.encoder)
        var random = SeededGenerator(seed: 12)
        try index.apply(
            (1...10).map {
                .put(ItemID($0), vector: SampleVectors.unit(24, using: &random), at: ChangeNumber($0))
            } + [.remove(ItemID(4))], at: ChangeNumber(11))
        let bytes = SegmentCodec.encode(index.snapshot.blocks[0], tenant: .default, encoder: Self.encoder)
        let decoded = try SegmentCodec.decode(bytes, tenant: .default, encoder: Self.encoder)
        #expect(decoded.liveRows.map(\.id.rawValue) == [1, 2, 3, 5, 6, 7, 8, 9, 10])
    }

    @Test("A segment of another tenant, encoder or format is refused")
    func foreign() throws {
        var bytes = SegmentCodec.encode(try block(rowCount: 3), tenant: .default, encoder: Self.encoder)
        let tenant = try #require(Tenant("other"))
        #expect(throws: SegmentError.otherTenant) {
            try SegmentCodec.decode(bytes, tenant: tenant, encoder: Self.encoder)
        }
        let encoder = EncoderIdentity(name: "test", fingerprint: "fedcba9876543210", dimension: 24)
        #expect(throws: SegmentError.otherEncoder) {
            try SegmentCodec.decode(bytes, tenant: .default, encoder: encoder)
        }
        bytes[8] = 2
        #expect(throws: SegmentError.unknownVersion(2)) {
            try SegmentCodec.decode(bytes, tenant: .default, encoder: Self.encoder)
        }
        bytes[0] = 0
        #expect(throws: SegmentError.notASegment) {
            try SegmentCodec.decode(bytes, tenant: .default, encoder: Self.encoder)
        }
    }

    @Test("Damage is named by the part that has it")
    func damage() throws {
        let bytes = SegmentCodec.encode(try block(rowCount: 40), tenant: .default, encoder: Self.encoder)
        func decode(flipping offset: Int) throws {
            var damaged = bytes
            damaged[offset] ^= 0x10
            _ = try SegmentCodec.decode(damaged, tenant: .default, encoder: Self.encoder)
        }
        #expect(throws: SegmentError.damagedHeader) { try decode(flipping: 16) }
        #expect(throws: SegmentError.damaged(.rows)) { try decode(flipping: 112) }
        #expect(throws: SegmentError.damaged(.originals)) { try decode(flipping: bytes.count - 1) }
        #expect(throws: SegmentError.wrongLength(expected: bytes.count, actual: bytes.count + 1)) {
            try SegmentCodec.decode(bytes + [0], tenant: .default, encoder: Self.encoder)
        }
    }
}
