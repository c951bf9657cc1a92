import Foundation

/// Messages for the person at the terminal; the standard output is for data.
enum StandardError {
    static func write(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
