import Foundation

/// A NumPy file of prepared vectors: a matrix of little-endian f32, a row for each record of a source.
///
/// Format: numpy.lib.format, versions 1 to 3. Only the header and the rows asked for are read; any thread.
public final class VectorFile: Sendable {
    /// A longer header is not believed: NumPy's own have 128 bytes.
    private static let maximumHeaderByteCount = 64 << 10

    public let path: String
    public let rowCount: Int
    public let dimension: Int
    /// With the path, what tells this state of the file from another.
    let byteCount: Int
    let modifiedNanoseconds: Int64
    private let dataOffset: Int
    private let descriptor: Int32

    /// Opens a file and checks its header, and that it has all the rows that this promises.
    public init(path: String) throws(ImportFailure) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
        do throws(ImportFailure) {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw .cannotOpen(path: path, reason: "it is not a file")
            }
            byteCount = Int(status.st_size)
            modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            let prefix = try Self.bytes(descriptor, path, at: 0, count: 12)
            guard prefix.starts(with: [0x93] + Array("NUMPY".utf8)) else {
                throw .badVectors(path: path, reason: "it does not begin like a NumPy file")
            }
            let isFirstVersion = prefix[6] == 1
            guard (1...3).contains(prefix[6]) else {
                throw .badVectors(path: path, reason: "NumPy format \(prefix[6]) is not known")
            }
            let lengthBytes = isFirstVersion ? prefix[8..<10] : prefix[8..<12]
            let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= Self.maximumHeaderByteCount else {
                throw .badVectors(path: path, reason: "its header is too long")
            }
            let start = isFirstVersion ? 10 : 12
            let text = try Self.bytes(descriptor, path, at: start, count: length)
            dataOffset = start + length
            (rowCount, dimension) = try Self.shape(String(decoding: text, as: UTF8.self), path)
            let (cells, overflow) = rowCount.multipliedReportingOverflow(by: dimension * 4)
            guard !overflow, byteCount - dataOffset == cells else {
                throw .badVectors(
                    path: path,
                    reason: "it has \(byteCount - dataOffset) bytes of vectors, not those of \(rowCount) × \(dimension)"
                )
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Some rows, in order.
    public func rows(_ range: Range<Int>) throws(ImportFailure) -> [[Float]] {
        let rowBytes = dimension * MemoryLayout<Float>.size
        let bytes = try Self.bytes(
            descriptor, path, at: dataOffset + range.lowerBound * rowBytes, count: range.count * rowBytes)
        return bytes.withUnsafeBytes { bytes in
            (0..<range.count).map { row in
                (0..<dimension).map { column in
                    let offset = row * rowBytes + column * MemoryLayout<Float>.size
                    return Float(
                        bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
                }
            }
        }
    }

    private static func bytes(
        _ descriptor: Int32, _ path: String, at offset: Int, count: Int
    ) throws(ImportFailure) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, done in
            while done < count {
                let received = pread(
                    descriptor, target.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
                if received < 0, errno == EINTR { continue }
                if received < 0 { failure = errno }
                guard received > 0 else { return }
                done += received
            }
        }
        guard failure == 0 else { throw .cannotRead(name: path, reason: String(cString: strerror(failure))) }
        guard bytes.count == count else { throw .badVectors(path: path, reason: "it ends too early") }
        return bytes
    }

    // MARK: The header, a Python dictionary

    private static func shape(_ header: String, _ path: String) throws(ImportFailure) -> (rows: Int, columns: Int) {
        func value(_ key: String) -> Substring? {
            guard let range = header.range(of: "'\(key)':") ?? header.range(of: "\"\(key)\":") else { return nil }
            return header[range.upperBound...].drop(while: \.isWhitespace)
        }
        guard let kind = value("descr"), let order = value("fortran_order"), let shape = value("shape"),
            shape.first == "(", let end = shape.firstIndex(of: ")")
        else { throw .badVectors(path: path, reason: "its header does not say what it holds") }
        guard kind.hasPrefix("'<f4'") || kind.hasPrefix("\"<f4\"") else {
            throw .badVectors(
                path: path,
                reason: "its numbers are \(kind.prefix { $0 != "," }); little-endian float32 ('<f4') is wanted")
        }
        guard order.hasPrefix("False") else {
            throw .badVectors(
                path: path, reason: "its columns are stored one after another, not its rows (fortran_order)")
        }
        let sizes = shape[..<end].dropFirst().split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard sizes.count == 2, let rows = sizes[0], let columns = sizes[1], rows >= 0, columns > 0, columns <= 1 << 20
        else { throw .badVectors(path: path, reason: "it is not a matrix: its shape is \(shape[...end])") }
        return (rows, columns)
    }
}
