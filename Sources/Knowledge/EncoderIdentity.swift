/// Which encoder made a vector. Vectors of different encoders never meet.
public struct EncoderIdentity: Sendable, Hashable {
    /// The model's name as shown in replies, such as "all-MiniLM-L6-v2".
    public let name: String
    /// 16 hexadecimal digits over model file, vocabulary, pooling and dimension.
    public let fingerprint: String
    public let dimension: Int

    public init(name: String, fingerprint: String, dimension: Int) {
        self.name = name
        self.fingerprint = fingerprint
        self.dimension = dimension
    }
}
