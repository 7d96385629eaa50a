// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core

/// One connected stream socket on a loop: reads, gathered writes, counted pauses, close.
///
/// Output collects in one block and leaves after the handler that wrote it, with one system call;
/// only if the kernel takes less is a writability event asked for. An idle transport holds no
/// buffer. Backpressure: `isCongested` above the high watermark, `transportDidDrain` below the low.
@safe public final class Transport: EventHandler {
    static let outputCapacity = 16 * 1024
    /// Queued output above which the source should pause. Higher: fewer pauses, more memory.
    public static let highWatermark = 128 * 1024
    /// Queued output below which the source may go on.
    public static let lowWatermark = 32 * 1024
    /// Slices from this size on are queued or written without a copy.
    static let copyLimit = 8 * 1024
    /// A closing connection reads and drops at most this much, so that its last answer arrives.
    static let lingerBytes = 1024 * 1024
    static let lingerTime: Duration = .seconds(2)

    /// Kept until the transport is closed or lingers.
    public var delegate: (any TransportDelegate)?
    public let peer: SocketAddress?

    private let loop: EventLoop
    private var descriptor: Int32
    private var registration: SlotHandle
    private var interest: Interest
    private var output = ByteWriter()
    /// What comes before `output`, in order; used only for large slices and refused writes.
    private var segments = RingBuffer<Bytes>()
    private var segmentBytes = 0
    private var pauses = 0
    private var isDirty = false
    private var wasCongested = false
    private var closing = Closing.none
    private var lingered = 0
    private var lingerTimer: TimerHandle?

    private enum Closing { case none, afterFlush, lingering, closed }

    /// Takes over a connected, non-blocking socket.
    public init(
        loop: EventLoop, descriptor: Int32, peer: SocketAddress?
    ) {
        self.loop = loop
        self.descriptor = descriptor
        self.peer = peer
        interest = [.readable, .peerClosed]
        registration = SlotHandle(bits: 0)
        super.init()
        registration = loop.register(descriptor, interest, handler: self)
    }

    public var isClosed: Bool { closing == .closed }
    /// Bytes written and not yet taken by the kernel.
    public var queuedBytes: Int { segmentBytes + output.count }
    public var isCongested: Bool { queuedBytes > Self.highWatermark }

    // MARK: - Writing

    /// Lets `body` append to the output, which leaves after this handler.
    public func write(_ body: (inout ByteWriter) -> Void) {
        guard closing == .none else { return }
        prepareOutput()
        body(&output)
        noteWritten()
    }

    /// Appends a slice; large ones are queued without a copy.
    public func write(_ bytes: Bytes) {
        guard closing == .none, !bytes.isEmpty else { return }
        if bytes.count < Self.copyLimit {
            prepareOutput()
            output.append(bytes)
        } else {
            freezeOutput()
            _ = segments.append(bytes)  // Bounded by the watermarks.
            segmentBytes += bytes.count
        }
        noteWritten()
    }

    private func prepareOutput() {
        if output.capacity == 0 { output = loop.takeOutput() }
    }

    private func freezeOutput() {
        guard !output.isEmpty else { return }
        let frozen = output.take()
        segmentBytes += frozen.count
        _ = segments.append(frozen)  // Bounded by the watermarks.
    }

    private func noteWritten() {
        if isCongested { wasCongested = true }
        guard !isDirty else { return }
        isDirty = true
        loop.markDirty(self)
    }

    /// Writes what the kernel takes.
    func flush() {
        isDirty = false
        guard closing != .closed else { return }
        let written = segments.isEmpty ? sendOutput() : sendSegments()
        guard written else { return }
        if queuedBytes == 0 { onAllWritten() }
        if wasCongested, queuedBytes < Self.lowWatermark, closing == .none {
            wasCongested = false
            delegate?.transportDidDrain(self)
        }
    }

    /// Returns false if the connection failed.
    private func sendOutput() -> Bool {
        guard !output.isEmpty else { return true }
        let count = unsafe output.withUnsafeBytes {
            unsafe apus_send(descriptor, $0.baseAddress, $0.count)
        }
        guard count >= 0 else { return onRefused(Int32(-count)) }
        output.discardFirst(count)
        if !output.isEmpty { setInterest(interest.union(.writable)) }
        return true
    }

    private func sendSegments() -> Bool {
        freezeOutput()
        while let first = segments.first {
            let second = segments.count > 1 ? segments[1] : Bytes()
            let count = gather(first, second)
            guard count >= 0 else { return onRefused(Int32(-count)) }
            consumeSegments(count)
            guard count == first.count + second.count else {
                setInterest(interest.union(.writable))
                return true
            }
        }
        return true
    }

    private func gather(_ first: Bytes, _ second: Bytes) -> Int {
        unsafe first.withUnsafeBytes { head in
            unsafe second.withUnsafeBytes { tail in
                unsafe apus_send_pair(
                    descriptor, head.baseAddress, head.count, tail.baseAddress, tail.count)
            }
        }
    }

    private func consumeSegments(_ count: Int) {
        segmentBytes -= count
        var rest = count
        while rest > 0, let first = segments.popFirst() {
            if first.count > rest { _ = segments.prepend(first.dropFirst(rest)) }
            rest -= min(rest, first.count)
        }
    }

    private func onRefused(_ code: Int32) -> Bool {
        if code == EAGAIN || code == EINTR {
            setInterest(interest.union(.writable))
            return true
        }
        fail(.system(code))
        return false
    }

    private func onAllWritten() {
        if output.capacity > 0 {
            var drained = ByteWriter()
            swap(&drained, &output)
            loop.recycle(drained)
        }
        if interest.contains(.writable) { setInterest(interest.subtracting(.writable)) }
        if closing == .afterFlush { close() }
        if closing == .lingering { _ = apus_shutdown_write(descriptor) }
    }

    // MARK: - Reading

    /// Stops reading until as many `resumeReading` have come; several parties may ask.
    public func pauseReading() {
        pauses += 1
        if pauses == 1, closing == .none { setInterest(interest.subtracting(.readable)) }
    }

    public func resumeReading() {
        precondition(pauses > 0, "a transport was resumed more often than paused")
        pauses -= 1
        if pauses == 0, closing == .none { setInterest(interest.union(.readable)) }
    }

    private func setInterest(_ wanted: Interest) {
        guard wanted != interest, closing != .closed else { return }
        interest = wanted
        loop.update(registration, descriptor, wanted)
    }

    override public func onReady(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.readable, .failed, .hangup]) { receive() }
        if readiness.contains(.writable), closing != .closed { flush() }
        if readiness.contains(.peerClosed), !readiness.contains(.readable), closing == .none {
            onEndOfInput()
        }
    }

    private func receive() {
        let buffer = unsafe loop.readBuffer
        let count = unsafe apus_receive(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 {
            let filled = unsafe UnsafeBufferPointer(
                rebasing: buffer.bindMemory(to: UInt8.self)[0..<count])
            deliver(unsafe Span(_unsafeElements: filled))
        } else if count == 0 {
            onEndOfInput()
        } else if count != -Int(EAGAIN) && count != -Int(EINTR) {
            fail(.system(Int32(-count)))
        }
    }

    private func deliver(_ bytes: Span<UInt8>) {
        guard closing == .none else { return onLingeringInput(bytes.count) }
        delegate?.transport(self, didReceive: bytes)
    }

    private func onEndOfInput() {
        guard closing == .none else { return close() }
        // Reported once; without this a half-closed socket would be ready for ever.
        setInterest(interest.subtracting([.readable, .peerClosed]))
        delegate?.transportDidReachEnd(self)
    }

    // MARK: - Closing

    /// Closes now; queued output is lost.
    public func close() {
        guard closing != .closed else { return }
        if closing != .none { loop.closingCount -= 1 }
        closing = .closed
        if let lingerTimer { loop.cancel(lingerTimer) }
        loop.unregister(registration, descriptor)
        _ = CLinux.close(descriptor)
        descriptor = -1
        segments.removeAll()
        segmentBytes = 0
        output = ByteWriter()
        delegate = nil
    }

    /// Closes when everything written has been taken by the kernel.
    public func closeAfterFlush() {
        guard closing == .none else { return }
        closing = .afterFlush
        loop.closingCount += 1
        if queuedBytes == 0 { close() }
    }

    /// Sends what is queued, then reads and drops for a while before it closes.
    ///
    /// A close with unread input makes the kernel send a reset, and the reset can overtake the
    /// last answer (RFC 9112, section 9.6).
    public func closeLingering() {
        guard closing == .none else { return }
        closing = .lingering
        loop.closingCount += 1
        delegate = nil
        interest.insert(.readable)
        loop.update(registration, descriptor, interest)
        lingerTimer = loop.schedule(at: loop.now + Self.lingerTime, self, kind: 0)
        if queuedBytes == 0 { onAllWritten() }
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

    override public func onTimer(_ kind: UInt32) {
        lingerTimer = nil
        close()
    }

    private func onLingeringInput(_ count: Int) {
        lingered += count
        if lingered > Self.lingerBytes { close() }
    }

    private func fail(_ fault: TransportFault) {
        let listener = closing == .none ? delegate : nil
        close()
        listener?.transport(self, didFail: fault)
    }
}
