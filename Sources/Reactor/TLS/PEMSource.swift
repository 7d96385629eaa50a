// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// Where certificates or a key in PEM form come from.
public enum PEMSource: Sendable, Equatable {
    case file(String)
    /// The text itself, which descriptions hide because it may hold a key.
    case text(Secret)

    /// What to call it in an error.
    var name: String {
        switch self {
        case .file(let path): path
        case .text: "the given PEM text"
        }
    }

    /// All certificates in order; at least one.
    func readCertificates() throws(TLSFault) -> [TLSCertificate] {
        try unsafe withBIO { (bio) throws(TLSFault) in
            var certificates: [TLSCertificate] = []
            while let certificate = unsafe apus_read_certificate(bio) {
                certificates.append(unsafe TLSCertificate(owning: certificate))
            }
            let ended = apus_is_end_of_pem() == 1
            let reason = TLSFault.takenText()
            guard ended else { throw unreadable("a certificate", reason) }
            guard !certificates.isEmpty else { throw unreadable("a certificate", "none found") }
            return certificates
        }
    }

    /// The first private key, which the caller owns; encrypted ones are refused without asking.
    func readKey() throws(TLSFault) -> OpaquePointer {
        try unsafe withBIO { (bio) throws(TLSFault) in
            if let key = unsafe apus_read_private_key(bio) {
                ERR_clear_error()
                return unsafe key
            }
            let ended = apus_is_end_of_pem() == 1
            let locked = apus_is_locked_pem() == 1
            let reason = TLSFault.takenText()
            throw unreadable(
                "a private key", ended ? "none found" : locked ? "it is encrypted" : reason)
        }
    }

    private func unreadable(_ what: String, _ reason: String) -> TLSFault {
        .unreadable("cannot read \(what) from \(name): \(reason)")
    }

    private func withBIO<Result>(
        _ body: (OpaquePointer) throws(TLSFault) -> Result
    ) throws(TLSFault) -> Result {
        ERR_clear_error()
        switch self {
        case .file(let path):
            guard let bio = unsafe BIO_new_file(path, "r") else {
                throw unreadable("PEM", TLSFault.takenText())
            }
            defer { unsafe BIO_free(bio) }
            return try unsafe body(bio)
        case .text(let secret):
            let bytes = secret.reveal()
            return try unsafe bytes.withUnsafeBytes { (buffer) throws(TLSFault) in
                guard let bio = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
                else { throw unreadable("PEM", "it is empty") }
                defer { unsafe BIO_free(bio) }
                return try unsafe body(bio)
            }
        }
    }
}
