// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Core

/// Whom a client believes.
public enum TLSTrust: Sendable, Equatable {
    /// The authorities of the operating system.
    case system
    /// These authorities and no others.
    case authorities(PEMSource)
    case systemAnd(PEMSource)
    /// Everybody, under any name; only for tests against servers of one's own.
    case insecureSkipVerify
}

/// What a client needs to connect with TLS; shared by all workers; a reload makes a new one.
@safe public final class TLSClientContext: Sendable {
    /// Choices with their defaults.
    public struct Options: Sendable {
        public var trust: TLSTrust = .system
        /// Shown to servers that ask for a certificate.
        public var identity: TLSIdentity?
        /// Application protocols to offer, by preference; none offers no ALPN.
        public var protocols: [String] = ["http/1.1"]
        /// Peers whose last session is kept for a shorter handshake; 0 keeps none.
        public var sessionCapacity = 256
        public var newestVersion: TLSVersion = .v13

        public init() {}
    }

    private let handle: TLSContextHandle
    let sessions: TLSSessionCache
    /// Whether certificates are checked at all.
    public let verifies: Bool

    /// Reads the authorities; throws if they are unreadable or the identity cannot be used.
    public init(_ options: Options = Options()) throws(TLSFault) {
        handle = unsafe TLSContextHandle(TLS_client_method(), newest: options.newestVersion)
        sessions = TLSSessionCache(capacity: options.sessionCapacity)
        verifies = options.trust != .insecureSkipVerify
        switch options.trust {
        case .system: try handle.trustSystem()
        case .authorities(let source): try handle.trust(source)
        case .systemAnd(let source):
            try handle.trustSystem()
            try handle.trust(source)
        case .insecureSkipVerify: break
        }
        try unsafe options.identity?.install(in: handle.pointer)
        let mode = verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE
        unsafe SSL_CTX_set_verify(handle.pointer, mode, nil)
        unsafe TLSClientContext.offer(options.protocols, in: handle.pointer)
        guard options.sessionCapacity > 0 else { return }
        unsafe apus_tls_set_session_cache(handle.pointer, 1)
        unsafe SSL_CTX_sess_set_new_cb(handle.pointer) { ssl, session in
            guard let ssl = unsafe ssl, let session = unsafe session,
                let owner = unsafe apus_tls_owner(ssl)
            else { return 0 }
            let connection = unsafe Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue()
            return unsafe connection.keep(session) ? 1 : 0
        }
    }

    var pointer: OpaquePointer { unsafe handle.pointer }

    private static func offer(_ protocols: [String], in context: OpaquePointer) {
        let list = TLSContextHandle.protocolList(protocols)
        guard !list.isEmpty else { return }
        let refused = unsafe list.withUnsafeBytes { buffer in
            let start = unsafe buffer.bindMemory(to: UInt8.self).baseAddress
            return unsafe SSL_CTX_set_alpn_protos(context, start, UInt32(buffer.count))
        }
        // Zero is success here, unlike nearly everywhere else in the library.
        precondition(refused == 0, "the TLS library refuses the ALPN list")
    }
}
