// SPDX-License-Identifier: Apache-2.0
internal import Core

extension Transport {
    func startTLS() {
        guard let tls else { return }
        prepareOutput()
        do throws(TLSFault) {
            try tls.start(into: &output)
            noteWritten()
        } catch { failLater(error) }
    }

    private func failLater(_ fault: TLSFault) {
        guard pendingFault == nil, closing == .none else { return }
        pendingFault = fault
        lingerTimer = loop.schedule(at: loop.now, self, kind: 0)
    }

    /// Writes through TLS, or keeps the bytes until the handshake is done.
    func writeEncrypted(_ tls: TLSSession, _ body: (inout ByteWriter) -> Void) {
        guard tls.phase != .handshaking else {
            body(&early)
            return
        }
        var plain = loop.takeOutput()
        body(&plain)
        encrypt(tls, plain.span)
        plain.removeAll(keepingCapacity: true)
        loop.recycle(plain)
    }

    private func encrypt(_ tls: TLSSession, _ plain: Span<UInt8>) {
        prepareOutput()
        do throws(TLSFault) {
            try tls.send(plain, into: &output)
            noteWritten()
        } catch { failLater(error) }
    }

    /// Takes in what came; what it says goes to the delegate, what must be answered goes out.
    func decrypt(_ tls: TLSSession, _ bytes: Span<UInt8>) {
        let wasHandshaking = tls.phase == .handshaking
        var plain = ByteWriter()
        prepareOutput()
        var fault: TLSFault?
        do throws(TLSFault) {
            _ = try tls.receive(bytes, plaintext: &plain, reply: &output)
        } catch { fault = error }
        if output.isEmpty { returnOutput() } else { noteWritten() }
        if wasHandshaking, tls.phase != .handshaking, fault == nil { onHandshakeDone(tls) }
        if !plain.isEmpty, closing == .none { delegate?.transport(self, didReceive: plain.span) }
        guard closing == .none else { return }
        if let fault {
            flush()  // The alert tells the peer why.
            fail(.tls(fault))
        } else if tls.phase == .peerClosed, !hasReportedEnd {
            hasReportedEnd = true
            delegate?.transportDidReachEnd(self)
        }
    }

    private func onHandshakeDone(_ tls: TLSSession) {
        let waiting = early.finish()
        if !waiting.isEmpty { encrypt(tls, waiting.span) }
        delegate?.transportDidBecomeReady(self)
    }
}
