/// A segment just written, and the block that it was made of, whose originals may go once it is committed.
struct WrittenSegment {
    let id: Int64
    let block: FlatBlock
    let bytes: SegmentBytes
}
