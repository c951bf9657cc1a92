/// A segment just written, and the block that it was made of, whose originals may go once it is committed.
struct WrittenSegment {
    let id: Int64
    let block: FlatBlock
    /// What of the segment is kept in memory.
    let header: [UInt8]
    let codes: [UInt8]

    init(id: Int64, block: FlatBlock, bytes: SegmentBytes) {
        self.id = id
        self.block = block
        header = bytes.header
        codes = bytes.codes
    }
}
