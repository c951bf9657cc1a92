import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite struct SegmentProperties {
    private static let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 13)

    private func segment(rowCount: Int, using random: inout SeededGenerator) throws -> (SegmentBytes, FlatBlock) {
        let vector = SampleVectors.unit(13, using: &random)
        let rows = (0..<rowCount).map { row in
            (
                id: ItemID(Int64.random(in: 1...(1 << 40), using: &random)), changeNumber: ChangeNumber(Int64(row)),
                vector: row % 2 == 0 ? vector : SampleVectors.unit(13, using: &random)
            )
        }
        let block = try FlatBlock(rows: rows, dimension: 13)
        return (SegmentCodec.encode(block, tenant: .default, encoder: Self.encoder), block)
    }

    private func decoded(_ segment: SegmentBytes) throws -> (block: FlatBlock, hasStoredCodes: Bool)? {
        try? segment.decoded(tenant: .default, encoder: Self.encoder)
    }

    /// What a damaged segment may give: some of the rows that were stored, each with its own vector.
    private func isSubset(_ block: FlatBlock, of stored: FlatBlock) throws -> Bool {
        func vectors(_ block: FlatBlock) throws -> [ItemID: [Float]] {
            let snapshot = try TenantIndex(
                tenant: .default, encoder: Self.encoder, blocks: [block], at: ChangeNumber(1)
            ) { _, _ in true }.snapshot
            return Dictionary(
                uniqueKeysWithValues: block.liveRows.compactMap { row in
                    snapshot.vector(of: row.id).map { (row.id, $0) }
                })
        }
        let expected = try vectors(stored)
        return try vectors(block).allSatisfy { expected[$0] == $1 }
    }

    @Test("No changed byte and no cut of a segment gives a vector that was not stored")
    func everyByteCounts() throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for rowCount in [0, 1, 3, 60] {
            let (segment, block) = try segment(rowCount: rowCount, using: &random)
            #expect(try decoded(segment)?.hasStoredCodes == true)
            func change(_ bytes: inout [UInt8], _ offset: Int) {
                if Bool.random(using: &random) {
                    bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
                } else {
                    bytes = Array(bytes[..<offset])
                }
            }
            for offset in segment.header.indices {
                var damaged = segment
                change(&damaged.header, offset)
                #expect(try decoded(damaged) == nil, "byte \(offset) of the header")
            }
            for offset in segment.codes.indices {
                var damaged = segment
                change(&damaged.codes, offset)
                let result = try #require(try decoded(damaged))
                #expect(!result.hasStoredCodes, "byte \(offset) of the codes")
                #expect(try result.block.liveCount == rowCount && isSubset(result.block, of: block))
            }
            for chunk in segment.originals.indices {
                for offset in stride(from: 0, to: segment.originals[chunk].count, by: 7) {
                    var damaged = segment
                    change(&damaged.originals[chunk], offset)
                    let result = try #require(try decoded(damaged))
                    #expect(try isSubset(result.block, of: block), "byte \(offset) of chunk \(chunk)")
                }
            }
        }
    }

    @Test("A header that lies, with a checksum that is right, gives no vector that was not stored")
    func forgedHeaders() throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let (segment, block) = try segment(rowCount: 40, using: &random)
        // Dimension to names, and the chunks; item ids and change numbers are what the checksum says.
        let offsets = Array(12..<40) + Array(segment.header.count - 20..<segment.header.count - 4)
        for _ in 0..<3000 {
            var forged = segment
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let values: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
                guard let offset = offsets.randomElement(using: &random),
                    let value = values.randomElement(using: &random)
                else { continue }
                forged.header[offset] = value
            }
            guard forged != segment else { continue }
            let end = forged.header.count - 4
            let checksum = crc32c(forged.header[..<end])
            for index in 0..<4 { forged.header[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
            guard let result = try decoded(forged) else { continue }
            #expect(try !result.hasStoredCodes && isSubset(result.block, of: block))
        }
        for _ in 0..<200 {
            let count = Int.random(in: 0...400, using: &random)
            var noise = segment
            noise.header = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try decoded(noise) == nil)
        }
    }

    private func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }
}
