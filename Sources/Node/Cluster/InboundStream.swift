// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Crypto
internal import Reactor

/// A stream that another member opened: it is greeted, asks once, and may say a last word.
///
/// `greeted → answered → closed`; a deadline and a small first frame bound what strangers cost.
final class InboundStream: EventHandler, TransportDelegate {
    private enum Phase {
        /// The hello is out; the first frame is awaited. Successors: answered, closed.
        case greeted
        /// The answer is out; a last frame may come. Successor: closed.
        case answered
        case closed
    }

    /// Bytes of a first frame, from somebody not known yet.
    static let firstLimit = 16 * 1024

    var slot: SlotHandle?
    /// Whether its opener has shown that it holds a key.
    private(set) var isAuthentic = false
    private unowned let shell: MembershipShell
    private let transport: Transport
    let openedAt: Instant
    private let challenge = RandomBytes.seed()
    private var frames = FrameAssembler(limit: InboundStream.firstLimit)
    private var phase = Phase.greeted
    /// Told by the first frame.
    private var pool = ClusterPool.region
    private var timer: TimerHandle?

    init(shell: MembershipShell, transport: Transport) {
        self.shell = shell
        self.transport = transport
        openedAt = shell.loop.now
        super.init()
        transport.delegate = self
        timer = shell.loop.schedule(
            at: shell.loop.now + shell.machine.settings.streamPatience, self, kind: 0)
        let hello = StreamHello(
            primary: shell.gate.ring.primary, region: shell.wide.tag, challenge: challenge)
        transport.write(hello.encoded)
    }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        guard phase != .closed else { return }
        frames.append(bytes)
        do throws(FrameAssembler.Fault) {
            while phase != .closed, let frame = try frames.next() { take(frame) }
        } catch {
            shell.note(.frameLength, from: transport.peer)
            close()
        }
    }

    private func take(_ frame: Bytes) {
        let isFirst = phase == .greeted
        if isFirst { pool = ClusterPool(of: frame) }
        let opened = shell.open(frame, pool, challenge, from: transport.peer)
        guard let (sender, payload) = opened else { return close() }
        isAuthentic = true
        frames.limit = WireVersion.frameLimit
        if CallMessage.isCall(payload) {
            return isFirst ? serve(payload, from: sender) : close()
        }
        let reply = shell.answer(payload, pool, from: sender)
        guard phase != .closed else { return }
        guard isFirst, let reply else { return closeAfterFlush() }
        phase = .answered
        shell.write(reply, pool, challenge, to: transport)
    }

    /// A call of another node: its answer may take longer than one of the machine.
    private func serve(_ payload: Bytes, from sender: MemberID) {
        // Whoever holds a key may join, but in a region only who has joined may call. Nodes of
        // other regions are no members here: their frame, sealed for this stream, has to do.
        let isKnown = pool == .wide || shell.machine.member(sender)?.isLive == true
        guard let onCall = shell.onCall, isKnown else { return close() }
        phase = .answered
        if let timer { shell.loop.cancel(timer) }
        timer = shell.loop.schedule(
            at: shell.loop.now + NodeActorID.patience * 2, self, kind: 0)
        onCall(payload) { [weak self] reply in
            guard let self, phase == .answered else { return }
            shell.write(reply, pool, challenge, to: transport)
            closeAfterFlush()
        }
    }

    func transportDidReachEnd(_ transport: Transport) { closeAfterFlush() }
    func transport(_ transport: Transport, didFail fault: TransportFault) { close() }
    func transportDidDrain(_ transport: Transport) {}
    func transportDidBecomeReady(_ transport: Transport) {}

    /// The stream has taken too long.
    override func onTimer(_ kind: UInt32) {
        timer = nil
        close()
    }

    private func closeAfterFlush() {
        guard phase != .closed else { return }
        forget()
        transport.closeAfterFlush()
    }

    func close() {
        guard phase != .closed else { return }
        forget()
        transport.close()
    }

    private func forget() {
        phase = .closed
        if let timer { shell.loop.cancel(timer) }
        timer = nil
        shell.remove(self)
    }
}
