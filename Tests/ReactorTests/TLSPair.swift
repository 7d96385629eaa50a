// SPDX-License-Identifier: Apache-2.0
import Core
import Reactor

/// Both ends of a TLS connection in memory, and the wire between them.
final class TLSPair {
    /// One end: its session, what it has yet to put on the wire, what it has been told.
    final class End {
        let session: TLSSession
        private var heard = ByteWriter()
        var fault: TLSFault?
        /// Ciphertext written and not yet carried over.
        private var outgoing = ByteWriter()

        init(_ session: TLSSession) { self.session = session }

        /// Everything heard since the last call.
        func takeHeard() -> Bytes { heard.take() }

        func start() { attempt { try session.start(into: &outgoing) } }

        func send(_ bytes: Bytes) { attempt { try session.send(bytes.span, into: &outgoing) } }

        func close() { session.close(into: &outgoing) }

        func receive(_ bytes: Bytes) {
            attempt { _ = try session.receive(bytes.span, plaintext: &heard, reply: &outgoing) }
        }

        func endOfInput() { attempt { try session.onEndOfInput() } }

        func takeOutgoing() -> Bytes { outgoing.take() }

        private func attempt(_ body: () throws -> Void) {
            do { try body() } catch { fault = error as? TLSFault }
        }
    }

    let client: End
    let server: End

    init(
        _ client: TLSClientContext, _ server: TLSServerContext,
        to peer: HostPort = HostPort(host: "site.test", port: 443)
    ) {
        self.client = End(TLSSession(connecting: client, to: peer))
        self.server = End(TLSSession(accepting: server))
    }

    /// Carries everything over, in pieces of `piece` bytes, until neither end has anything to say.
    func pump(piece: () -> Int = { .max }) {
        while true {
            let up = client.takeOutgoing()
            let down = server.takeOutgoing()
            if up.isEmpty, down.isEmpty { return }
            carry(up, to: server, piece)
            carry(down, to: client, piece)
        }
    }

    private func carry(_ bytes: Bytes, to end: End, _ piece: () -> Int) {
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(min(rest.count, piece()))
            end.receive(part)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Starts and pumps; returns itself for a test to look at.
    @discardableResult func shaken() -> TLSPair {
        client.start()
        pump()
        return self
    }
}
