// SPDX-License-Identifier: Apache-2.0

/// Why a certificate cannot be used or a TLS connection failed; texts hold no secrets.
public enum TLSFault: Error, Hashable, Sendable {
    // Configuration

    /// A PEM source cannot be read or holds nothing usable; what and why.
    case unreadable(String)
    /// The private key is not that of the certificate.
    case keyMismatch

    // The peer's certificate

    case certificateExpired
    case certificateNotYetValid
    /// No chain leads to an authority we trust.
    case unknownAuthority
    /// The certificate vouches for itself, or its chain ends in a root we do not trust.
    case selfSigned
    /// The certificate is for other names or addresses than the one we called.
    case hostMismatch
    /// The peer showed no certificate although we asked.
    case certificateMissing
    /// Any other refusal by chain verification; the library's reason.
    case certificateRejected(String)

    // Negotiation

    case noSharedVersion
    case noSharedCipher
    /// No protocol of both ALPN lists (RFC 7301).
    case noSharedProtocol

    // The wire

    /// The peer speaks plain HTTP to a TLS port.
    case plainHTTP
    /// The first bytes are no TLS record.
    case notTLS
    /// The peer gave up with this alert (RFC 8446 §6).
    case alert(UInt8)
    /// A record does not decrypt or is not authentic.
    case brokenRecord
    /// The peer broke the protocol in another way; the library's reason.
    case violation(String)
    /// The connection ended before the handshake did.
    case handshakeInterrupted
    /// The connection ended without close_notify: what came may be only a part.
    case truncated

    /// A bounded text for metrics and records.
    public var label: StaticString {
        switch self {
        case .unreadable: "unreadable"
        case .keyMismatch: "key_mismatch"
        case .certificateExpired: "certificate_expired"
        case .certificateNotYetValid: "certificate_not_yet_valid"
        case .unknownAuthority: "unknown_authority"
        case .selfSigned: "self_signed"
        case .hostMismatch: "host_mismatch"
        case .certificateMissing: "certificate_missing"
        case .certificateRejected: "certificate_rejected"
        case .noSharedVersion: "no_shared_version"
        case .noSharedCipher: "no_shared_cipher"
        case .noSharedProtocol: "no_shared_protocol"
        case .plainHTTP: "plain_http"
        case .notTLS: "not_tls"
        case .alert: "alert"
        case .brokenRecord: "broken_record"
        case .violation: "violation"
        case .handshakeInterrupted: "handshake_interrupted"
        case .truncated: "truncated"
        }
    }
}

extension TLSFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let what): what
        case .keyMismatch: "the private key does not belong to the certificate"
        case .certificateExpired: "the peer's certificate has expired"
        case .certificateNotYetValid: "the peer's certificate is not valid yet"
        case .unknownAuthority: "the peer's certificate comes from an unknown authority"
        case .selfSigned: "the peer's certificate chain is self-signed and not trusted"
        case .hostMismatch: "the peer's certificate is for another host"
        case .certificateMissing: "the peer showed no certificate"
        case .certificateRejected(let reason): "the peer's certificate was rejected: \(reason)"
        case .noSharedVersion: "the peer supports no TLS version that we allow"
        case .noSharedCipher: "the peer supports no cipher or group that we allow"
        case .noSharedProtocol: "the peer supports none of our application protocols"
        case .plainHTTP: "the peer speaks plain HTTP to a TLS port"
        case .notTLS: "the peer does not speak TLS"
        case .alert(let code): "the peer gave up: \(Self.alertName(code)) (alert \(code))"
        case .brokenRecord: "a record is damaged or forged"
        case .violation(let reason): "the peer broke the TLS protocol: \(reason)"
        case .handshakeInterrupted: "the connection ended during the TLS handshake"
        case .truncated: "the connection ended without a TLS close"
        }
    }

    /// Names of RFC 8446 §6, as words.
    private static func alertName(_ code: UInt8) -> String {
        switch code {
        case 10: "unexpected message"
        case 20: "bad record MAC"
        case 22: "record overflow"
        case 40: "handshake failure"
        case 42: "bad certificate"
        case 43: "unsupported certificate"
        case 44: "certificate revoked"
        case 45: "certificate expired"
        case 46: "certificate unknown"
        case 47: "illegal parameter"
        case 48: "unknown authority"
        case 49: "access denied"
        case 50: "decode error"
        case 51: "decrypt error"
        case 71: "insufficient security"
        case 80: "internal error"
        case 86: "inappropriate fallback"
        case 90: "user cancelled"
        case 109: "missing extension"
        case 110: "unsupported extension"
        case 112: "unrecognized name"
        case 113: "bad certificate status"
        case 116: "certificate required"
        default: "unknown reason"
        }
    }
}
