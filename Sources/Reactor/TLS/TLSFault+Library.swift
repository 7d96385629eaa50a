// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL

extension TLSFault {
    /// Reasons from here on are alerts that the peer sent, their code added.
    private static let alertOffset: Int32 = 1000

    /// Reads why a session's last call failed, and leaves the thread's error queue empty.
    static func taken(from ssl: OpaquePointer) -> TLSFault {
        // The oldest entry is the cause; later ones tell through which layers it passed.
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return .violation("no reason given") }
        let reason = Int32(ERR_GET_REASON(code))
        guard ERR_GET_LIB(code) == ERR_LIB_SSL else { return .violation(text(of: code)) }
        if reason >= alertOffset, reason < alertOffset + 256 {
            return alert(code: UInt8(reason - alertOffset))
        }
        if reason == SSL_R_CERTIFICATE_VERIFY_FAILED {
            return unsafe verification(SSL_get_verify_result(ssl))
        }
        return known(reason) ?? .violation(text(of: code))
    }

    private static func alert(code: UInt8) -> TLSFault {
        switch code {
        case 70: .noSharedVersion
        case 120: .noSharedProtocol
        default: .alert(code)
        }
    }

    private static func known(_ reason: Int32) -> TLSFault? {
        switch reason {
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: .plainHTTP
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_UNKNOWN_PROTOCOL, SSL_R_BAD_RECORD_TYPE: .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
            SSL_R_BAD_PROTOCOL_VERSION_NUMBER:
            .noSharedVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE,
            SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
            .noSharedCipher
        case SSL_R_NO_APPLICATION_PROTOCOL: .noSharedProtocol
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .certificateMissing
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, SSL_R_ENCRYPTED_LENGTH_TOO_LONG,
            SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_RECORD_LENGTH_MISMATCH:
            .brokenRecord
        default: nil
        }
    }

    private static func verification(_ result: Int) -> TLSFault {
        switch Int32(truncatingIfNeeded: result) {
        case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
        case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            .selfSigned
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            .unknownAuthority
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .hostMismatch
        default: unsafe .certificateRejected(String(cString: X509_verify_cert_error_string(result)))
        }
    }

    /// The library's constant words for an error code.
    static func text(of code: UInt) -> String {
        guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(code)" }
        return unsafe String(cString: reason)
    }

    /// The words for the newest error of this thread, whose queue is empty afterwards.
    static func takenText() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return code == 0 ? "no reason given" : text(of: code)
    }
}
