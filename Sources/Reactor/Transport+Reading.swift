// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

extension Transport {
    /// Stops reading until as many `resumeReading` have come; several parties may ask.
    public func pauseReading() { pauses += 1 }

    /// Takes back one `pauseReading`; the last one reads what has come meanwhile.
    public func resumeReading() {
        precondition(pauses > 0, "a transport was resumed more often than paused")
        pauses -= 1
        // Readiness was reported once, maybe during the pause: look again, after this handler.
        if pauses == 0, isReadable, closing != .closed { loop.readAgain(self) }
    }

    /// Reads what there is, a few times at most; the rest waits for its turn.
    func read() {
        var turns = Self.readsPerTurn
        while isReadable, closing != .closed, pauses == 0 || closing != .none {
            guard turns > 0 else { return loop.readAgain(self) }
            turns -= 1
            receive()
        }
        if pauses > 0, closing == .none, hasPeerClosed, noticesCloseWhilePaused { onEndOfInput() }
    }

    private func receive() {
        let buffer = unsafe loop.readBuffer
        let count = unsafe apus_receive(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 {
            // A short read has emptied the socket; new bytes are a new edge. Its end is not.
            if count < buffer.count, !hasPeerClosed { isReadable = false }
            let filled = unsafe UnsafeBufferPointer(
                rebasing: buffer.bindMemory(to: UInt8.self)[0..<count])
            deliver(unsafe Span(_unsafeElements: filled))
        } else if count == 0 {
            isReadable = false
            onEndOfInput()
        } else {
            isReadable = false
            if count != -Int(EAGAIN) { fail(.system(Int32(-count))) }
        }
    }

    private func deliver(_ bytes: Span<UInt8>) {
        guard closing == .none else { return onLingeringInput(bytes.count) }
        if let tls { return decrypt(tls, bytes) }
        delegate?.transport(self, didReceive: bytes)
    }

    private func onEndOfInput() {
        guard closing == .none else { return close() }
        guard !hasReportedEnd else { return }
        hasReportedEnd = true
        if let tls {
            do throws(TLSFault) { try tls.onEndOfInput() } catch { return fail(.tls(error)) }
        }
        delegate?.transportDidReachEnd(self)
    }
}
