// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Core

/// What a server needs to accept TLS; shared by all workers; a reload makes a new one.
@safe public final class TLSServerContext: Sendable {
    /// Choices with their defaults.
    public struct Options: Sendable {
        /// Application protocols by preference; a client that offers others only is refused.
        public var protocols: [String] = ["http/1.1"]
        /// Authorities one of which must vouch for every client; nil asks clients for nothing.
        public var clientAuthorities: PEMSource?
        public var newestVersion: TLSVersion = .v13

        public init() {}
    }

    /// The first one also answers clients that name no host or one that nobody claimed.
    public let identities: [TLSIdentity]
    private let handles: [TLSContextHandle]
    private let names: TLSServerNames
    private let protocols: Bytes

    /// At least one identity; throws if one cannot be used.
    public init(_ identities: [TLSIdentity], options: Options = Options()) throws(TLSFault) {
        precondition(!identities.isEmpty, "a TLS server needs a certificate")
        self.identities = identities
        names = TLSServerNames(identities.map(\.names))
        protocols = TLSContextHandle.protocolList(options.protocols)
        var handles: [TLSContextHandle] = []
        for identity in identities {
            handles.append(try TLSServerContext.makeHandle(identity, options))
        }
        self.handles = handles
        for handle in handles { unsafe installCallbacks(in: handle.pointer) }
    }

    var primary: OpaquePointer { unsafe handles[0].pointer }

    private static func makeHandle(
        _ identity: TLSIdentity, _ options: Options
    ) throws(TLSFault) -> TLSContextHandle {
        let handle = unsafe TLSContextHandle(TLS_server_method(), newest: options.newestVersion)
        try unsafe identity.install(in: handle.pointer)
        // Tickets make the client keep the state; a table here would have to be shared and bounded.
        unsafe apus_tls_set_session_cache(handle.pointer, 0)
        unsafe SSL_CTX_set_num_tickets(handle.pointer, 1)
        unsafe SSL_CTX_set_session_id_context(handle.pointer, "apus", 4)
        if let authorities = options.clientAuthorities {
            try handle.trust(authorities)
            let mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            unsafe SSL_CTX_set_verify(handle.pointer, mode, nil)
        }
        return handle
    }

    /// Callbacks find this object unretained: each session retains it for as long as they can come.
    private func installCallbacks(in context: OpaquePointer) {
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        if !protocols.isEmpty {
            unsafe SSL_CTX_set_alpn_select_cb(
                context,
                { _, chosen, count, offered, offeredCount, owner in
                    guard let owner = unsafe owner else { return SSL_TLSEXT_ERR_NOACK }
                    let server = unsafe Unmanaged<TLSServerContext>.fromOpaque(owner)
                        .takeUnretainedValue()
                    return unsafe server.selectProtocol(chosen, count, offered, offeredCount)
                }, owner)
        }
        guard handles.count > 1 else { return }
        unsafe apus_tls_set_name_callback(
            context,
            { ssl, _, owner in
                guard let ssl = unsafe ssl, let owner = unsafe owner else {
                    return SSL_TLSEXT_ERR_NOACK
                }
                let server = unsafe Unmanaged<TLSServerContext>.fromOpaque(owner)
                    .takeUnretainedValue()
                return unsafe server.selectIdentity(ssl)
            }, owner)
    }

    private func selectProtocol(
        _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
        _ count: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
        _ offeredCount: UInt32
    ) -> Int32 {
        unsafe protocols.withUnsafeBytes { ours in
            let list = unsafe ours.bindMemory(to: UInt8.self)
            var start: UnsafeMutablePointer<UInt8>?
            // The library copies the choice before it lets go of either list.
            let found = unsafe SSL_select_next_proto(
                &start, count, list.baseAddress, UInt32(list.count), offered, offeredCount)
            guard found == OPENSSL_NPN_NEGOTIATED else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            unsafe chosen?.pointee = unsafe UnsafePointer(start)
            return SSL_TLSEXT_ERR_OK
        }
    }

    private func selectIdentity(_ ssl: OpaquePointer) -> Int32 {
        guard let name = unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
            return SSL_TLSEXT_ERR_NOACK
        }
        guard let index = unsafe names.index(of: String(cString: name)) else {
            return SSL_TLSEXT_ERR_NOACK
        }
        if index > 0 { unsafe SSL_set_SSL_CTX(ssl, handles[index].pointer) }
        return SSL_TLSEXT_ERR_OK
    }
}
