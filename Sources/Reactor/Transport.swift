// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Core

/// One connected stream socket on a loop: reads, gathered writes, counted pauses, TLS, close.
///
/// Registered once, edge-triggered: after the first registration no readiness costs another system
/// call. Output collects in one block and leaves after the handler that wrote it, in one call. An
/// idle transport holds no buffer. Backpressure: `isCongested` above the high watermark,
/// `transportDidDrain` below the low one.
@safe public final class Transport: EventHandler {
    static let outputCapacity = 16 * 1024
    /// Queued output above which the source should pause. Higher: fewer pauses, more memory.
    public static let highWatermark = 128 * 1024
    /// Queued output below which the source may go on.
    public static let lowWatermark = 32 * 1024
    /// Slices from this size on are queued instead of copied.
    static let copyLimit = 8 * 1024
    /// Reads in a row before the others have their turn.
    static let readsPerTurn = 4

    /// Kept until the transport is closed or lingers.
    public var delegate: (any TransportDelegate)?
    public let peer: SocketAddress?
    /// Reports the peer's close even while reading is paused: nobody is left to answer to.
    public var noticesCloseWhilePaused = false

    let loop: EventLoop
    var descriptor: Int32
    var output = ByteWriter()
    /// What comes before `output`, in order; used only for large slices and refused writes.
    private var segments = RingBuffer<Bytes>()
    private var segmentBytes = 0
    private var registration: SlotHandle
    private var isDirty = false
    private var isBlocked = false
    private var wasCongested = false

    // Reading
    var pauses = 0
    /// The kernel may have more than was read.
    var isReadable = false
    var hasPeerClosed = false
    var hasReportedEnd = false

    // Closing
    var closing = Closing.none
    var lingered = 0
    /// Counted by the loop among those that are given up and have something to send.
    var isUnsent = false
    var lingerTimer: TimerHandle?
    /// Output that waited when the timer was set: whether the peer has taken some since.
    var unsentAtTimer = 0

    let tls: TLSSession?
    /// Reported by the timer, because a delegate must not be called back from its own call.
    var pendingFault: TLSFault?
    /// What was written before the handshake was done.
    var early = ByteWriter()

    enum Closing { case none, afterFlush, lingering, closed }

    /// Takes over a connected, non-blocking socket; with `tls` the handshake begins at once.
    public init(
        loop: EventLoop, descriptor: Int32, peer: SocketAddress?, tls: TLSSession? = nil
    ) {
        self.loop = loop
        self.descriptor = descriptor
        self.peer = peer
        self.tls = tls
        registration = SlotHandle(bits: 0)
        super.init()
        registration = loop.register(
            descriptor, [.readable, .writable, .peerClosed, .edgeTriggered], handler: self)
        startTLS()
    }

    public var isClosed: Bool { closing == .closed }
    /// Bytes written and not yet taken by the kernel.
    public var queuedBytes: Int { segmentBytes + output.count + early.count }
    public var isCongested: Bool { queuedBytes > Self.highWatermark }

    /// The socket can be read or written, or has ended.
    override public func onReady(_ readiness: Readiness) {
        if readiness.contains(.peerClosed) { hasPeerClosed = true }
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .failed, .hangup]) {
            isReadable = true
            read()
        }
        if isBlocked, readiness.contains(.writable), closing != .closed {
            isBlocked = false
            flush()
        }
    }

    /// The lingering has lasted long enough, or a fault waits to be reported.
    override public func onTimer(_ kind: UInt32) {
        lingerTimer = nil
        if let fault = pendingFault, closing == .none { fail(.tls(fault)) } else { onLingerTimer() }
    }

    // MARK: - Writing

    /// Lets `body` append to the output, which leaves after this handler.
    public func write(_ body: (inout ByteWriter) -> Void) {
        guard closing == .none else { return }
        if let tls { return writeEncrypted(tls, body) }
        prepareOutput()
        body(&output)
        noteWritten()
    }

    /// Appends a slice; large ones are queued without a copy.
    public func write(_ bytes: Bytes) {
        guard bytes.count >= Self.copyLimit, tls == nil, closing == .none else {
            return bytes.isEmpty ? () : write { $0.append(bytes) }
        }
        freezeOutput()
        _ = segments.append(bytes)  // Bounded by the watermarks.
        segmentBytes += bytes.count
        noteWritten()
    }

    func prepareOutput() {
        if output.capacity == 0 { output = loop.takeOutput() }
    }

    private func freezeOutput() {
        guard !output.isEmpty else { return }
        let frozen = output.take()
        segmentBytes += frozen.count
        _ = segments.append(frozen)  // Bounded by the watermarks.
    }

    func noteWritten() {
        if isCongested { wasCongested = true }
        guard !isDirty else { return }
        isDirty = true
        loop.markDirty(self)
    }

    /// Writes what the kernel takes.
    func flush() {
        isDirty = false
        guard closing != .closed, !isBlocked else { return }
        let isAlive = segments.isEmpty ? sendOutput() : sendSegments()
        guard isAlive else { return }
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
        if !output.isEmpty { isBlocked = true }
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
                isBlocked = true
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
        if code == EAGAIN {
            isBlocked = true
            return true
        }
        fail(.system(code))
        return false
    }

    private func onAllWritten() {
        returnOutput()
        onFlushedWhileClosing()
    }

    /// Gives the empty block back to the loop.
    func returnOutput() {
        guard output.capacity > 0 else { return }
        var drained = ByteWriter()
        swap(&drained, &output)
        loop.recycle(drained)
    }

    /// Gives up the socket and everything that waits for it.
    func release() {
        closing = .closed
        if let lingerTimer { loop.cancel(lingerTimer) }
        lingerTimer = nil
        loop.unregister(registration, descriptor)
        _ = CLinux.close(descriptor)
        descriptor = -1
        segments.removeAll(keepingCapacity: false)
        segmentBytes = 0
        output = ByteWriter()
        early = ByteWriter()
        delegate = nil
    }

    func fail(_ fault: TransportFault) {
        let listener = closing == .none ? delegate : nil
        close()
        listener?.transport(self, didFail: fault)
    }
}
