import Foundation
import Import
import TestSupport
import Testing

@Suite struct VectorFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func file(_ header: String, version: UInt8 = 1, rows: [[Float]] = [], tail: Int = 0) throws -> String {
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
        let length = header.utf8.count
        bytes +=
            version == 1
            ? [UInt8(length & 0xFF), UInt8(length >> 8)] : [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0]
        bytes += Array(header.utf8)
        for value in rows.joined() { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) } }
        bytes += [UInt8](repeating: 0, count: max(tail, 0))
        if tail < 0 { bytes.removeLast(-tail) }
        let path = directory.path + "/\(UUID().uuidString).npy"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func header(_ kind: String = "<f4", order: String = "False", shape: String = "(2, 3)") -> String {
        "{'descr': '\(kind)', 'fortran_order': \(order), 'shape': \(shape), }   \n"
    }

    private let rows: [[Float]] = [[1, 0, 0], [0, 0.6, -0.8]]

    @Test("Rows are read as they stand, in every version of the format", arguments: [1, 2, 3] as [UInt8])
    func reading(version: UInt8) throws {
        let file = try VectorFile(path: file(header(), version: version, rows: rows))
        #expect(file.rowCount == 2 && file.dimension == 3)
        #expect(try file.rows(0..<2) == rows)
        #expect(try file.rows(1..<2) == [rows[1]])
        #expect(try file.rows(1..<1) == [])
    }

    @Test("An empty matrix has no rows")
    func empty() throws {
        #expect(try VectorFile(path: file(header(shape: "(0, 3)"))).rowCount == 0)
    }

    @Test("Each defect of a header is named")
    func defects() throws {
        func reason(_ path: String) -> String {
            do throws(ImportFailure) {
                _ = try VectorFile(path: path)
                return "none"
            } catch {
                return error.description
            }
        }
        #expect(reason(directory.path + "/none.npy").contains("cannot open"))
        #expect(reason(directory.path).contains("not a file"))
        for kind in ["<f8", ">f4", "<f2", "|i1"] {
            #expect(try reason(file(header(kind), rows: rows)).contains("little-endian float32"), "\(kind)")
        }
        #expect(try reason(file(header(order: "True"), rows: rows)).contains("fortran_order"))
        for shape in ["(2,)", "(2, 3, 1)", "()", "(2, x)", "(-2, 3)", "(2, 0)"] {
            #expect(try reason(file(header(shape: shape), rows: rows)).contains("not a matrix"), "\(shape)")
        }
        #expect(try reason(file("{'shape': (2, 3)}", rows: rows)).contains("does not say"))
        #expect(try reason(file(header(), version: 9, rows: rows)).contains("format 9"))
        for tail in [-1, 1, 12] {
            #expect(try reason(file(header(), rows: rows, tail: tail)).contains("bytes of vectors"))
        }
        #expect(
            try reason(file(header(shape: "(4611686018427387904, 1048576)"), rows: rows)).contains("bytes of vectors"))
        let noise = directory.path + "/noise.npy"
        try Data("no NumPy file at all".utf8).write(to: URL(fileURLWithPath: noise))
        #expect(reason(noise).contains("does not begin"))
        try Data([0x93, 0x4E]).write(to: URL(fileURLWithPath: noise))
        #expect(reason(noise).contains("too early"))
    }
}
