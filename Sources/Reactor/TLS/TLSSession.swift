// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
public import Core

/// One end of a TLS connection without a socket: bytes in, bytes out; one owner, one thread.
///
/// Ciphertext that arrived goes into `receive`, plaintext to be sent into `send`; both append what
/// must go onto the wire to a writer. After a fault the writer may hold an alert: send it, close.
@safe public final class TLSSession {
    /// Where the connection stands as seen from here.
    public enum Phase: Sendable, Hashable {
        /// More of the peer's handshake is needed; becomes `open` or `failed`.
        case handshaking
        /// Plaintext flows both ways; becomes `peerClosed` or `failed`.
        case open
        /// The peer sent close_notify and nothing more will come; we may still send.
        case peerClosed
        case failed
    }

    private enum Side {
        case server(TLSServerContext)
        case client(TLSClientContext, peer: HostPort)
    }

    static let recordLimit = 16 * 1024
    /// Header, explicit nonce, content type and tag of any cipher we allow, rounded up.
    static let recordOverhead = 32

    /// Keeps the context alive, which callbacks of the library need.
    private let side: Side
    private let ssl: OpaquePointer
    private let io: UnsafeMutablePointer<apus_tls_io>
    private var fault: TLSFault?
    /// Ciphertext of a record not complete yet, at most: tells how much plaintext may come.
    private var carried = 0
    public private(set) var phase = Phase.handshaking
    /// Whether our close_notify has been written.
    public private(set) var hasClosed = false

    /// Will answer a client.
    public init(accepting context: TLSServerContext) {
        side = .server(context)
        (unsafe ssl, unsafe io) = unsafe TLSSession.make(context.primary)
        unsafe SSL_set_accept_state(ssl)
        unsafe apus_tls_set_owner(ssl, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Will call `peer`, whose host must be in its certificate, whatever address is dialled.
    public init(connecting context: TLSClientContext, to peer: HostPort) {
        side = .client(context, peer: peer)
        (unsafe ssl, unsafe io) = unsafe TLSSession.make(context.pointer)
        unsafe SSL_set_connect_state(ssl)
        unsafe apus_tls_set_owner(ssl, Unmanaged.passUnretained(self).toOpaque())
        expect(peer)
        unsafe context.sessions.resume(peer, on: ssl)
        ERR_clear_error()
    }

    deinit {
        // Otherwise the library would forbid to resume a session whose connection was just dropped.
        unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        unsafe SSL_free(ssl)
        unsafe free(io.pointee.spill)
        unsafe io.deallocate()
    }

    private static func make(
        _ context: OpaquePointer
    ) -> (OpaquePointer, UnsafeMutablePointer<apus_tls_io>) {
        let io = UnsafeMutablePointer<apus_tls_io>.allocate(capacity: 1)
        unsafe io.initialize(to: apus_tls_io())
        guard let ssl = unsafe apus_tls_new(context, TLSContextHandle.method, io) else {
            preconditionFailure("no memory for a TLS session")
        }
        return unsafe (ssl, io)
    }

    /// Names are sent (RFC 6066 §3 forbids that for addresses) and both are checked.
    private func expect(_ peer: HostPort) {
        if peer.address != nil {
            let done = unsafe X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), peer.host)
            precondition(done == 1, "the TLS library refuses an address")
            return
        }
        unsafe SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        let done = unsafe SSL_set1_host(ssl, peer.host) == 1
        precondition(done, "no memory for a host name")
        // Longer names than DNS allows cannot be sent; they will not match a certificate either.
        _ = unsafe apus_tls_set_host_name(ssl, peer.host)
    }

    /// Called by the library when a ticket has come; true takes over the reference.
    func keep(_ session: OpaquePointer) -> Bool {
        guard case .client(let context, let peer) = side else { return false }
        unsafe context.sessions.insert(session, for: peer)
        return true
    }

    // MARK: - Bytes

    /// Appends the first flight of a client; a server has nothing to say yet.
    public func start(into ciphertext: inout ByteWriter) throws(TLSFault) {
        guard case .client = side, phase == .handshaking else { return }
        var none = ByteWriter()
        _ = try receive(Span(), plaintext: &none, reply: &ciphertext)
    }

    /// Takes in all of `ciphertext`; appends what it says and what must be answered.
    ///
    /// When it throws, `plaintext` may hold what came before the fault and `reply` an alert.
    public func receive(
        _ ciphertext: Span<UInt8>, plaintext: inout ByteWriter, reply: inout ByteWriter
    ) throws(TLSFault) -> Phase {
        if let fault { throw fault }
        guard phase != .peerClosed else { return phase }
        carried = min(carried + ciphertext.count, Self.recordLimit)
        ERR_clear_error()
        unsafe ciphertext.withUnsafeBufferPointer { buffer in
            unsafe io.pointee.input = buffer.baseAddress
            unsafe io.pointee.input_count = buffer.count
            advance(&plaintext)
            unsafe io.pointee.input = nil
            unsafe io.pointee.input_count = 0
        }
        takeSpill(into: &reply)
        if let fault { throw fault }
        return phase
    }

    /// Appends records for all of `plaintext`; only after the handshake and before `close`.
    public func send(_ plaintext: Span<UInt8>, into ciphertext: inout ByteWriter) throws(TLSFault) {
        if let fault { throw fault }
        precondition(phase != .handshaking && !hasClosed, "TLS cannot send in this phase")
        guard plaintext.count > 0 else { return }
        ERR_clear_error()
        let records = (plaintext.count + Self.recordLimit - 1) / Self.recordLimit
        var result: Int32 = 0
        var written = 0
        unsafe ciphertext.appendUnsafe(
            atLeast: plaintext.count + records * Self.recordOverhead
        ) { room in
            unsafe io.pointee.output = unsafe room.bindMemory(to: UInt8.self).baseAddress
            unsafe io.pointee.output_capacity = room.count
            result = unsafe plaintext.withUnsafeBufferPointer { buffer in
                unsafe SSL_write_ex(ssl, buffer.baseAddress, buffer.count, &written)
            }
            return unsafe io.pointee.output_count
        }
        unsafe io.pointee.output = nil
        unsafe io.pointee.output_count = 0
        unsafe io.pointee.output_capacity = 0
        takeSpill(into: &ciphertext)
        guard result == 1, written == plaintext.count else { throw fail() }
    }

    /// Appends close_notify, once; during a handshake or after a fault there is nothing to say.
    public func close(into ciphertext: inout ByteWriter) {
        guard !hasClosed, phase == .open || phase == .peerClosed else { return }
        hasClosed = true
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
        takeSpill(into: &ciphertext)
    }

    /// The connection has ended: throws unless the peer had said so in TLS.
    public func onEndOfInput() throws(TLSFault) {
        if let fault { throw fault }
        switch phase {
        case .peerClosed, .failed: return
        case .handshaking: throw .handshakeInterrupted
        case .open: throw .truncated
        }
    }

    // MARK: - Driving the library

    private func advance(_ plaintext: inout ByteWriter) {
        if phase == .handshaking {
            let result = unsafe SSL_do_handshake(ssl)
            guard result == 1 else { return settle(result) }
            phase = .open
            carried = unsafe min(io.pointee.input_count, Self.recordLimit)
        }
        // Asking once more than needed would allocate and free a record buffer for nothing.
        while phase == .open, unsafe io.pointee.input_count > 0 || SSL_has_pending(ssl) == 1 {
            guard read(into: &plaintext) else { return }
        }
    }

    /// Reads at most one record; false if there is none.
    private func read(into plaintext: inout ByteWriter) -> Bool {
        var result: Int32 = 0
        unsafe plaintext.appendUnsafe(atLeast: max(carried, 64)) { room in
            var count = 0
            result = unsafe SSL_read_ex(ssl, room.baseAddress, room.count, &count)
            return count
        }
        guard result == 1 else {
            settle(result)
            return false
        }
        carried = unsafe min(io.pointee.input_count + Int(SSL_pending(ssl)), Self.recordLimit)
        return true
    }

    /// Decides what a call that did not succeed means.
    private func settle(_ result: Int32) {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: break
        case SSL_ERROR_ZERO_RETURN: phase = .peerClosed
        default: _ = fail()
        }
    }

    private func fail() -> TLSFault {
        let reason = unsafe TLSFault.taken(from: ssl)
        fault = reason
        phase = .failed
        return reason
    }

    private func takeSpill(into writer: inout ByteWriter) {
        let count = unsafe io.pointee.spill_count
        guard count > 0 else { return }
        unsafe writer.append(UnsafeBufferPointer(start: io.pointee.spill, count: count).span)
        unsafe free(io.pointee.spill)
        unsafe io.pointee.spill = nil
        unsafe io.pointee.spill_count = 0
        unsafe io.pointee.spill_capacity = 0
    }

    // MARK: - What was agreed on

    /// Whether the handshake was shortened by an earlier session.
    public var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// The version agreed on, `TLSv1.2` or `TLSv1.3`.
    public var version: String { unsafe String(cString: SSL_get_version(ssl)) }

    /// The host that the client asked for, if it named one.
    public var serverName: String? {
        unsafe SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) }
    }

    /// The application protocol agreed on, if both sides spoke of it.
    public var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        unsafe SSL_get0_alpn_selected(ssl, &start, &count)
        guard count > 0 else { return nil }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }
}
