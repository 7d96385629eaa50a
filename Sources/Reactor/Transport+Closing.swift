// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Core

extension Transport {
    /// A closing connection reads and drops at most this much, so that its last answer arrives.
    private static let lingerBytes = 1024 * 1024
    private static let lingerTime = Nanoseconds(.seconds(2))
    /// A closing connection whose peer takes nothing of its output for this long is given up.
    private static let flushTime = Nanoseconds(.seconds(30))

    /// Closes now; queued output is lost.
    public func close() {
        guard closing != .closed else { return }
        noteAllSent()
        release()
    }

    /// Closes when everything written has been taken by the kernel.
    public func closeAfterFlush() { beginClosing(.afterFlush) }

    /// Sends what is queued, then reads and drops for a while before it closes.
    ///
    /// A close with unread input makes the kernel send a reset, and the reset can overtake the
    /// last answer (RFC 9112, section 9.6).
    public func closeLingering() { beginClosing(.lingering) }

    private func beginClosing(_ manner: Closing) {
        guard closing == .none else { return }
        if let tls {
            prepareOutput()
            tls.close(into: &output)
            noteWritten()
        }
        closing = manner
        delegate = nil
        if queuedBytes > 0 {
            isUnsent = true
            loop.closingCount += 1
            awaitFlush()
        } else {
            onFlushedWhileClosing()
        }
        if closing == .lingering, isReadable || hasPeerClosed { loop.readAgain(self) }
    }

    private func awaitFlush() {
        unsentAtTimer = queuedBytes
        setLingerTimer(Self.flushTime)
    }

    private func setLingerTimer(_ span: Nanoseconds) {
        if let lingerTimer { loop.cancel(lingerTimer) }
        lingerTimer = loop.schedule(at: loop.now + span, self, kind: 0)
    }

    /// A slow peer gets its time as long as it takes something.
    func onLingerTimer() {
        if queuedBytes > 0, queuedBytes < unsentAtTimer { awaitFlush() } else { close() }
    }

    /// Everything is with the kernel.
    func onFlushedWhileClosing() {
        noteAllSent()
        switch closing {
        case .afterFlush: close()
        case .lingering:
            _ = apus_shutdown_write(descriptor)
            setLingerTimer(Self.lingerTime)
        case .none, .closed: break
        }
    }

    private func noteAllSent() {
        guard isUnsent else { return }
        isUnsent = false
        loop.closingCount -= 1
    }

    func onLingeringInput(_ count: Int) {
        lingered += count
        if lingered > Self.lingerBytes { close() }
    }

    /// Makes the close a reset, so that the peer cannot take what it got for a whole answer.
    public func abort() {
        guard closing != .closed else { return }
        _ = apus_set_reset_on_close(descriptor)
        close()
    }

    /// Sends what the kernel takes at once, then resets.
    public func flushAndAbort() {
        flush()
        abort()
    }
}
