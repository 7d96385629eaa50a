// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// A certificate chain, leaf first, with the private key that proves it is ours.
@safe public final class TLSIdentity: @unchecked Sendable {
    // Sendable: immutable after init, and the library counts its references atomically.
    private let key: OpaquePointer
    public let chain: [TLSCertificate]
    /// Host names to serve with it: those given, else the DNS names of the leaf.
    public let names: [String]

    /// Reads and checks both parts; one PEM source may hold both.
    public init(
        certificates: PEMSource, key: PEMSource, names: [String] = []
    ) throws(TLSFault) {
        let chain = try certificates.readCertificates()
        let secret = try unsafe key.readKey()
        let matches = unsafe X509_check_private_key(chain[0].pointer, secret) == 1
        ERR_clear_error()
        unsafe self.key = secret
        self.chain = chain
        self.names = names.isEmpty ? chain[0].names : names.map { $0.lowercased() }
        guard matches else { throw .keyMismatch }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    public var leaf: TLSCertificate { chain[0] }

    /// When the first certificate of the chain runs out.
    public var notAfter: Timestamp {
        var earliest = leaf.notAfter
        for certificate in chain where certificate.notAfter.nanoseconds < earliest.nanoseconds {
            earliest = certificate.notAfter
        }
        return earliest
    }

    /// Makes a context present this identity.
    func install(in context: OpaquePointer) throws(TLSFault) {
        ERR_clear_error()
        var done = unsafe SSL_CTX_use_certificate(context, leaf.pointer) == 1
        for certificate in chain.dropFirst() where done {
            done = unsafe apus_tls_add_chain(context, certificate.pointer) == 1
        }
        done = unsafe done && SSL_CTX_use_PrivateKey(context, key) == 1
        done = unsafe done && SSL_CTX_check_private_key(context) == 1
        // A weak key is refused here, by the library's security level.
        let reason = TLSFault.takenText()
        guard done else { throw .unreadable("cannot use the certificate: \(reason)") }
    }
}
