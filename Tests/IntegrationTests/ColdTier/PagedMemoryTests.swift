import ColdTier
import TestSupport
import Testing

@Suite("The memory of blocks that have a segment") struct PagedMemoryTests {
    @Test("A block's own memory goes once its originals are read from its segment")
    func blockIsFreed() async throws {
        let directory = try TemporaryDirectory()
        let cold = try await ColdFixture.open(directory.path, blockRowCount: 8)
        for number in 0..<7 { _ = try await cold.put(ColdFixture.put("disk \(number) is full")) }
        // With room for one more, so that nobody can have sealed it.
        let memory = cold.blockMemory()
        try #require(memory.count == 1 && memory[0]())
        _ = try await cold.put(ColdFixture.put("disk 7 is full"))
        try cold.sealBlocks()
        // The background may be sealing it as well.
        let deadline = ContinuousClock.now + .seconds(10)
        while memory[0](), .now < deadline { try await Task.sleep(for: .milliseconds(5)) }
        #expect(!memory[0](), "the segment keeps the block that it was made of")
        await cold.close()
        withExtendedLifetime(directory) {}
    }
}
