// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Core

/// The newest protocol version to offer; the oldest is always TLS 1.2.
public enum TLSVersion: Sendable, Hashable {
    case v12, v13
}

/// One library context with the settings that both sides share.
@safe final class TLSContextHandle: @unchecked Sendable {
    // Sendable: changed only while it is set up; afterwards the library locks what it shares.
    let pointer: OpaquePointer

    /// The BIO that works on lent memory; made once, never freed.
    nonisolated(unsafe) static let method = unsafe apus_tls_io_method()  // Immutable once made.

    init(_ method: OpaquePointer?, newest: TLSVersion) {
        guard let pointer = unsafe SSL_CTX_new(method) else {
            preconditionFailure("no memory for a TLS context")
        }
        unsafe self.pointer = pointer
        precondition(unsafe apus_tls_harden(pointer) == 1, "the TLS library refuses TLS 1.2")
        if newest == .v12 { unsafe apus_tls_limit_to_1_2(pointer) }
        ERR_clear_error()
    }

    deinit { unsafe SSL_CTX_free(pointer) }

    /// Trusts what the source holds, beside what is trusted already.
    func trust(_ source: PEMSource) throws(TLSFault) {
        for certificate in try source.readCertificates() {
            let store = unsafe SSL_CTX_get_cert_store(pointer)
            let done = unsafe X509_STORE_add_cert(store, certificate.pointer)
            let reason = TLSFault.takenText()
            guard done == 1 else { throw .unreadable("cannot trust \(source.name): \(reason)") }
        }
    }

    /// Trusts what the operating system trusts.
    func trustSystem() throws(TLSFault) {
        let done = unsafe SSL_CTX_set_default_verify_paths(pointer)
        let reason = TLSFault.takenText()
        guard done == 1 else { throw .unreadable("cannot read the system's trust: \(reason)") }
    }

    /// Names in the form of RFC 7301 §3.1: each behind its length.
    static func protocolList(_ names: [String]) -> Bytes {
        var writer = ByteWriter()
        for name in names {
            let count = name.utf8.count
            precondition(count > 0 && count < 256, "an ALPN name has 1 to 255 bytes")
            writer.append(UInt8(count))
            writer.append(name)
        }
        return writer.finish()
    }
}
