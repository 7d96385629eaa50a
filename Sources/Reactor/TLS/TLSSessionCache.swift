// SPDX-License-Identifier: Apache-2.0
internal import COpenSSL
internal import Synchronization

/// The last session of each peer, so that the next connection needs no full handshake; bounded.
///
/// A session is handed out as often as asked for: reuse lets an observer link connections
/// (RFC 8446 §C.4), which tells nothing about a gateway that calls known upstreams all day.
final class TLSSessionCache: Sendable {
    private struct Table {
        var sessions: [HostPort: KeptSession] = [:]
        /// Keys by first arrival: when the table is full, the oldest goes.
        var order: [HostPort] = []
    }

    private let capacity: Int
    private let table = Mutex(Table())

    init(capacity: Int) { self.capacity = capacity }

    /// Takes over one reference to the session.
    func insert(_ session: OpaquePointer, for peer: HostPort) {
        let kept = unsafe KeptSession(owning: session)
        table.withLock { table in
            if table.sessions.updateValue(kept, forKey: peer) != nil { return }
            table.order.append(peer)
            if table.order.count > capacity {
                table.sessions[table.order.removeFirst()] = nil
            }
        }
    }

    /// Offers the peer's last session in a handshake about to start.
    func resume(_ peer: HostPort, on ssl: OpaquePointer) {
        guard let kept = table.withLock({ $0.sessions[peer] }) else { return }
        unsafe kept.offer(on: ssl)
    }

    var countForTest: Int { table.withLock { $0.sessions.count } }
}

/// One reference to a library session that nobody changes any more.
@safe private final class KeptSession: @unchecked Sendable {
    // Sendable: the session is never offered itself, only copies of it.
    private let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe SSL_SESSION_free(pointer) }

    /// A handshake writes into its session, so each gets a copy.
    func offer(on ssl: OpaquePointer) {
        guard unsafe SSL_SESSION_is_resumable(pointer) == 1,
            let copy = unsafe SSL_SESSION_dup(pointer)
        else { return }
        unsafe SSL_set_session(ssl, copy)
        unsafe SSL_SESSION_free(copy)
    }
}
