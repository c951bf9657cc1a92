public import ColdTier
public import Knowledge

extension SegmentBytes {
    /// The block of a segment that is in memory.
    public func decoded(
        tenant: Tenant, encoder: EncoderIdentity
    ) throws(SegmentError) -> (block: FlatBlock, hasStoredCodes: Bool) {
        let originals = originals
        return try header.span.bytes.withUnsafeBytes { header throws(SegmentError) in
            try codes.span.bytes.withUnsafeBytes { codes throws(SegmentError) in
                try SegmentCodec.decode(header: header, codes: codes, tenant: tenant, encoder: encoder) { chunk in
                    originals.indices.contains(chunk) ? originals[chunk] : nil
                }
            }
        }
    }
}
