import Foundation
import NIOHTTP2
import NIOSSL
import Synchronization

/// The certificate that new connections are encrypted with, read again when its files change. Any thread.
final class Certificate: Sendable {
    /// How the certificate does, for `/health` and metrics.
    struct Status: Sendable {
        var expiresAt: Date
        var reloads: UInt64 = 0
        var refusals: UInt64 = 0
        /// Why the files as they are now are not used; the ones before still are.
        var problem: String?
    }

    private struct Current {
        var context: NIOSSLContext
        var status: Status
    }

    let files: TLSFiles
    private let current: Mutex<Current>

    /// Reads the files.
    init(_ files: TLSFiles) throws(StartError) {
        self.files = files
        do {
            let pair = try CertificatePair(files)
            current = Mutex(Current(context: pair.context, status: Status(expiresAt: pair.expiresAt)))
        } catch {
            throw .failed("\(error)")
        }
    }

    var context: NIOSSLContext { current.withLock { $0.context } }
    var status: Status { current.withLock { $0.status } }

    /// Connections from now on have this one; those that are there keep theirs.
    func replace(with pair: CertificatePair) {
        current.withLock { current in
            current.context = pair.context
            current.status.expiresAt = pair.expiresAt
            current.status.reloads += 1
            current.status.problem = nil
        }
    }

    func refuse(_ problem: CertificateError) {
        current.withLock { current in
            current.status.refusals += 1
            current.status.problem = "\(problem)"
        }
    }

    /// The files are again those in use.
    func settle() { current.withLock { $0.status.problem = nil } }
}
