import CHiredis

/// One command's arguments in the form Redis reads.
package struct RedisCommand: Sendable {
    package private(set) var arguments: [[UInt8]]

    package init(_ arguments: String...) {
        self.arguments = arguments.map { [UInt8]($0.utf8) }
    }

    package mutating func append(_ argument: String) {
        arguments.append([UInt8](argument.utf8))
    }

    package mutating func append(_ argument: [UInt8]) {
        arguments.append(argument)
    }

    /// Appends the command's bytes, written by hiredis' formatter, to `output`. Any thread.
    ///
    /// All arguments are laid end to end first, so that their addresses hold for one call without a closure
    /// for each. False, and nothing appended, when there is no memory.
    package func encode(into output: inout [UInt8]) -> Bool {
        var lengths: [Int] = []
        var flat: [UInt8] = []
        lengths.reserveCapacity(arguments.count)
        flat.reserveCapacity(arguments.reduce(1) { $0 + $1.count })
        for argument in arguments {
            lengths.append(argument.count)
            flat.append(contentsOf: argument)
        }
        // An empty array has no address to count from.
        flat.append(0)
        return flat.withUnsafeBytes { bytes in
            var position = bytes.bindMemory(to: CChar.self).baseAddress
            var pointers: [UnsafePointer<CChar>?] = lengths.map { length in
                defer { position = position.map { $0 + length } }
                return position
            }
            var target: UnsafeMutablePointer<CChar>?
            let count = redisFormatCommandArgv(&target, Int32(pointers.count), &pointers, lengths)
            guard count > 0, let target else { return false }
            defer { redisFreeCommand(target) }
            output.append(contentsOf: UnsafeRawBufferPointer(start: target, count: Int(count)))
            return true
        }
    }
}
