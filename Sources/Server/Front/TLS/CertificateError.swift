/// Why a certificate and its key cannot be used; says what to do.
enum CertificateError: Error, CustomStringConvertible {
    case unreadable(setting: String, path: String)
    case empty(path: String)
    case unfit(TLSFiles, reason: String)
    case expired(path: String, at: String)

    var description: String {
        switch self {
        case .unreadable(let setting, let path):
            "\(setting)=\(path) cannot be read as PEM: check that it is there, whole, and readable by the server"
        case .empty(let path): "TLS_CERTIFICATE_FILE=\(path) has no certificate in it"
        case .unfit(let files, let reason):
            "the key in \(files.key) does not belong to the certificate in \(files.certificate), "
                + "or one of them cannot be used (\(reason))"
        case .expired(let path, let at): "the certificate in \(path) has expired at \(at): put a new one in its place"
        }
    }
}
