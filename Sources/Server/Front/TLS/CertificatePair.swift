import Foundation
import NIOHTTP2
import NIOSSL

/// A certificate and its key that fit, ready to encrypt with.
struct CertificatePair: Sendable {
    let context: NIOSSLContext
    let expiresAt: Date

    /// Reads and checks both files. Blocking: for a start, or a thread that may wait.
    init(_ files: TLSFiles) throws(CertificateError) {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(files.certificate) else {
            throw .unreadable(setting: "TLS_CERTIFICATE_FILE", path: files.certificate)
        }
        guard let own = chain.first else { throw .empty(path: files.certificate) }
        guard let key = try? NIOSSLPrivateKey(file: files.key, format: .pem) else {
            throw .unreadable(setting: "TLS_KEY_FILE", path: files.key)
        }
        expiresAt = Date(timeIntervalSince1970: TimeInterval(own.notValidAfter))
        guard expiresAt > Date() else {
            throw .expired(path: files.certificate, at: expiresAt.formatted(.iso8601))
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unfit(files, reason: "\(error)")
        }
    }
}
