import ColdTier
import Foundation

/// Bytes before to bytes after, where every second text makes the dictionary and the others are compressed by it.
enum CompressionRatios {
    static func report(_ name: String, _ texts: [String]) {
        let bytes = texts.map { Array($0.utf8) }
        let sample = bytes.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        let rest = bytes.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        let dictionary = TextDictionary(id: 1, content: DictionaryTraining.dictionary(of: sample))
        let none = TextDictionary(id: 1, content: [])
        let before = rest.reduce(0) { $0 + $1.count }
        func ratio(_ size: ([UInt8]) -> Int) -> String {
            String(format: "%.2f", Double(before) / Double(rest.reduce(0) { $0 + size($1) }))
        }
        let alone = ratio { none.compressed($0, isQuick: false)?.count ?? $0.count }
        let quick = ratio { dictionary.compressed($0, isQuick: true)?.count ?? $0.count }
        let slow = ratio { dictionary.compressed($0, isQuick: false)?.count ?? $0.count }
        let stored = ratio { text in
            let block = dictionary.compressed(text, isQuick: false)
            return (block.flatMap { TextEnvelope.compressed(text, block: $0, dictionary: 1) } ?? TextEnvelope.raw(text))
                .count
        }
        print("| \(name) | \(before / max(rest.count, 1)) | \(alone) | \(quick) | \(slow) | \(stored) |")
    }
}
