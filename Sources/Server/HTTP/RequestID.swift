import Synchronization

/// The name of one request in replies and logs: the client's own if it sent a sane one, else ours.
package enum RequestID {
    static let maximumLength = 128

    private static let sequence = Atomic<UInt64>(0)
    /// Tells the ids of one run of the server from those of another.
    private static let run = String(UInt32.random(in: .min ... .max), radix: 16)

    /// `sent` when it is 1…128 characters of `[A-Za-z0-9._-]`, so that it can stand in a header and a log line.
    package static func sane(_ sent: String?) -> String? {
        guard let sent, !sent.isEmpty, sent.utf8.count <= maximumLength, sent.utf8.allSatisfy(isSane) else {
            return nil
        }
        return sent
    }

    /// Unique in this run, and most likely in all runs.
    package static func next() -> String {
        run + "-" + String(sequence.wrappingAdd(1, ordering: .relaxed).newValue, radix: 16)
    }

    private static func isSane(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
