import Foundation

/// A matrix of little-endian 32-bit floats in NumPy's format (`.npy`, version 1; a list is a matrix of one column),
/// mapped and read row by row.
struct FloatFile: Sendable {
    let rowCount: Int
    let columnCount: Int
    private let data: Data
    private let start: Int

    init(_ path: String) throws {
        data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
        guard data.count > 10, data.starts(with: [0x93] + "NUMPY".utf8 + [1, 0]) else {
            throw Unusable(reason: "\(path) is not an .npy file of version 1")
        }
        start = 10 + Int(data[8]) + Int(data[9]) << 8
        let header = String(decoding: data[10..<min(start, data.count)], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False"),
            let shape = header.firstMatch(of: /'shape': \((\d+),(?: (\d+))?\)/), let rows = Int(shape.1)
        else {
            throw Unusable(reason: "\(path) holds no rows of 32-bit floats: \(header)")
        }
        rowCount = rows
        columnCount = shape.2.flatMap { Int($0) } ?? 1
        guard data.count == start + rowCount * columnCount * MemoryLayout<Float>.stride else {
            throw Unusable(reason: "\(path) is cut off")
        }
    }

    func row(_ number: Int) -> [Float] {
        let width = columnCount * MemoryLayout<Float>.stride
        return [Float](unsafeUninitializedCapacity: columnCount) { row, count in
            data.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(row).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[(start + number * width)...].prefix(width)))
            }
            count = columnCount
        }
    }
}
