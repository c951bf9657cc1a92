import ColdTier
import Knowledge
import TestSupport
import Testing

@Suite struct SegmentProperties {
    private static let encoder = EncoderIdentity(name: "test", fingerprint: "0123456789abcdef", dimension: 13)

    private func segment(rowCount: Int, using random: inout SeededGenerator) throws -> [UInt8] {
        let vector = SampleVectors.unit(13, using: &random)
        let rows = (0..<rowCount).map { row in
            (
                id: ItemID(Int64.random(in: 1...(1 << 40), using: &random)), changeNumber: ChangeNumber(Int64(row)),
                vector: row % 2 == 0 ? vector : SampleVectors.unit(13, using: &random)
            )
        }
        let block = try FlatBlock(rows: rows, dimension: 13)
        return SegmentCodec.encode(block, tenant: .default, encoder: Self.encoder)
    }

    private func decodes(_ bytes: [UInt8]) -> Bool {
        do {
            _ = try SegmentCodec.decode(bytes, tenant: .default, encoder: Self.encoder)
            return true
        } catch {
            return false
        }
    }

    @Test("A segment with any one byte changed, or cut anywhere, is refused")
    func everyByteCounts() throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        for rowCount in [0, 1, 3, 60] {
            let bytes = try segment(rowCount: rowCount, using: &random)
            #expect(decodes(bytes))
            for offset in bytes.indices {
                var damaged = bytes
                damaged[offset] ^= UInt8.random(in: 1...255, using: &random)
                #expect(!decodes(damaged), "byte \(offset) of \(bytes.count)")
                #expect(!decodes(Array(bytes[..<offset])), "cut at \(offset) of \(bytes.count)")
            }
            #expect(!decodes(bytes + [0]))
        }
    }

    @Test("Noise is refused, even in a header whose checksum is right")
    func noise() throws {
        var random = SeededGenerator(seed: SeededGenerator.announcedSeed())
        let bytes = try segment(rowCount: 40, using: &random)
        // The fields that mean something: all from the dimension to the last part, but the zeros.
        let offsets = (12..<104).filter { !(44..<48).contains($0) && !(76..<80).contains($0) }
        for _ in 0..<3000 {
            var forged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let values: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)]
                guard let offset = offsets.randomElement(using: &random),
                    let value = values.randomElement(using: &random)
                else { continue }
                forged[offset] = value
            }
            guard forged != bytes else { continue }
            let checksum = crc32c(forged[..<108])
            for index in 0..<4 { forged[108 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index)) }
            #expect(!decodes(forged))
        }
        for _ in 0..<200 {
            let count = Int.random(in: 0...400, using: &random)
            let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(!decodes(noise))
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
