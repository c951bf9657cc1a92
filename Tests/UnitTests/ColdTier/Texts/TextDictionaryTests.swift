import ColdTier
import TestSupport
import Testing

@Suite struct TextDictionaryTests {
    /// Texts of sentences that come up again and again, and of words that do not.
    private static func texts(_ count: Int, seed: UInt64) -> [[UInt8]] {
        var random = SeededGenerator(seed: seed)
        let sentences = [
            "Restart the service and look at its log with journalctl. ",
            "The certificate has expired: renew it, then reload the proxy. ",
            "Raise the limit of open files in the unit file, then reload systemd. ",
            "Clear the package manager's cache and install again with verbose output. ",
        ]
        return (0..<count).map { _ in
            var text = ""
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                text += sentences[Int.random(in: 0..<sentences.count, using: &random)]
                text += String(UInt64.random(in: 0 ... .max, using: &random), radix: 36) + " "
            }
            return Array(text.utf8)
        }
    }

    @Test("What is compressed by a dictionary comes back by it, in both forms, and shrinks", arguments: [false, true])
    func roundTrip(isQuick: Bool) throws {
        let dictionary = TextDictionary(
            id: 1, content: DictionaryTraining.dictionary(of: Self.texts(300, seed: 1), byteCount: 4_096))
        var (before, after) = (0, 0)
        for text in Self.texts(200, seed: 2) {
            let block = try #require(dictionary.compressed(text, isQuick: isQuick))
            #expect(block.withUnsafeBytes { dictionary.decompressed($0, byteCount: text.count) } == text)
            #expect(block.withUnsafeBytes { dictionary.decompressed($0, byteCount: text.count + 1) } == nil)
            before += text.count
            after += block.count
        }
        #expect(after * 2 < before, "\(before) → \(after)")
        // Nothing to find, so nothing is won.
        #expect(dictionary.compressed(Array("qz7".utf8), isQuick: isQuick) == nil)
        #expect(dictionary.compressed([], isQuick: isQuick) == nil)
    }

    @Test("Many threads compress by one dictionary at once")
    func concurrent() async throws {
        let dictionary = TextDictionary(
            id: 1, content: DictionaryTraining.dictionary(of: Self.texts(300, seed: 1), byteCount: 4_096))
        await withTaskGroup(of: Bool.self) { group in
            for seed in 0..<8 {
                group.addTask {
                    Self.texts(50, seed: UInt64(seed)).allSatisfy { text in
                        guard let block = dictionary.compressed(text, isQuick: seed % 2 == 0) else { return false }
                        return block.withUnsafeBytes { dictionary.decompressed($0, byteCount: text.count) } == text
                    }
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }

    @Test("Damaged blocks and other dictionaries are refused or give other bytes, and never more than asked for")
    func damage() throws {
        var random = SeededGenerator(seed: 3)
        let dictionary = TextDictionary(
            id: 1, content: DictionaryTraining.dictionary(of: Self.texts(300, seed: 1), byteCount: 4_096))
        let text = Self.texts(1, seed: 9)[0]
        let block = try #require(dictionary.compressed(text, isQuick: false))
        for _ in 0..<500 {
            var damaged = block
            damaged[Int.random(in: 0..<block.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            let found = damaged.withUnsafeBytes { dictionary.decompressed($0, byteCount: text.count) }
            #expect(found == nil || found?.count == text.count)
        }
        let other = TextDictionary(id: 2, content: [])
        #expect(block.withUnsafeBytes { other.decompressed($0, byteCount: text.count) } != text)
    }

    @Test("The same texts make the same dictionary, of what they share; a small sample is one as it is")
    func training() {
        let texts = Self.texts(400, seed: 5)
        let dictionary = DictionaryTraining.dictionary(of: texts, byteCount: 2_048)
        #expect(dictionary == DictionaryTraining.dictionary(of: texts, byteCount: 2_048))
        #expect((1...2_048).contains(dictionary.count))
        for sentence in ["Restart the service and look", "certificate has expired", "limit of open files"] {
            #expect(String(decoding: dictionary, as: UTF8.self).contains(sentence))
        }
        #expect(DictionaryTraining.dictionary(of: [Array("one".utf8), Array("two".utf8)]) == Array("onetwo".utf8))
        #expect(DictionaryTraining.dictionary(of: []) == [])
    }
}
