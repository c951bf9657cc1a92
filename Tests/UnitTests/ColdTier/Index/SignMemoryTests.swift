import ColdTier
import Testing

@Suite struct SignMemoryTests {
    @Test(
        "Pieces of any size are aligned, zero and apart, also where others were given back",
        arguments: [
            0, 53 * 64, SignMemory.slotByteCounts.lowerBound, 53 * 4096, SignMemory.slotByteCounts.upperBound + 1,
        ])
    func pieces(byteCount: Int) {
        let memory = SignMemory()
        var held: [SignMemory.Slot] = []
        for round in 0..<3 {
            for _ in 0..<50 {
                let slot = memory.slot(byteCount: byteCount)
                #expect(Int(bitPattern: slot.address) % 64 == 0)
                let bytes = UnsafeMutableRawBufferPointer(start: slot.address, count: byteCount)
                #expect(bytes.allSatisfy { $0 == 0 }, "round \(round)")
                _ = bytes.initializeMemory(as: UInt8.self, repeating: 0xff)
                held.append(slot)
            }
            let starts = held.map { Int(bitPattern: $0.address) }.sorted()
            #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 >= byteCount })
            // Every third stays, so that some chunks have holes.
            held = held.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        }
    }
}
