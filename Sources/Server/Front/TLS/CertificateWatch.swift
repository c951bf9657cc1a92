import Knowledge
import Logging
import NIOPosix
import ServiceLifecycle

/// Looks once a second whether the certificate's files have changed, and takes the new ones if they are fit to be used.
struct CertificateWatch: Service {
    private static let interval = Duration.seconds(1)

    /// `nil` where connections are not encrypted.
    let certificate: Certificate?
    let logger: Logger

    /// What changes when a file is written, or another is put in its place.
    private struct Stamp: Hashable, Sendable {
        let certificate: FileMark?
        let key: FileMark?

        init(_ files: TLSFiles) {
            certificate = try? FileMark(path: files.certificate)
            key = try? FileMark(path: files.key)
        }
    }

    func run() async throws {
        guard let certificate else {
            // A service that ends would end the server.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            var judged = await Self.stamp(of: certificate.files)
            var seen = judged
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                let now = await Self.stamp(of: certificate.files)
                // Two files are not replaced in one moment: they are read once they have stayed the same for an interval.
                if now != judged, now == seen {
                    await take(certificate)
                    judged = now
                }
                seen = now
            }
        }
    }

    private func take(_ certificate: Certificate) async {
        let files = certificate.files
        let read = try? await NIOThreadPool.singleton.runIfActive {
            Result { () throws(CertificateError) in try CertificatePair(files) }
        }
        switch read {
        case .success(let pair)?:
            certificate.replace(with: pair)
            logger.notice(
                "The certificate has been replaced",
                metadata: ["file": "\(files.certificate)", "expires": "\(certificate.status.expiresAt)"])
        case .failure(let error)?:
            certificate.refuse(error)
            logger.error("The new certificate is refused, the one before still serves: \(error)")
        case nil: break
        }
    }

    private static func stamp(of files: TLSFiles) async -> Stamp? {
        try? await NIOThreadPool.singleton.runIfActive { Stamp(files) }
    }
}
