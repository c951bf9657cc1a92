/// Which encoder made a vector. Vectors of different encoders never meet.
public struct EncoderIdentity: Sendable, Hashable {
    /// How far a vector's length may be from 1: f16 storage and sloppy normalisation pass, forgotten normalisation does not.
    public static let lengthTolerance: Float = 1e-3

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
