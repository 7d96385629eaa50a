// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Reactor

/// A stream that this node opened for one question of its machine.
///
/// `connecting → greeting → asking → closed`; whatever goes wrong is one failure for the machine.
final class OutboundStream: EventHandler, TransportDelegate {
    private enum Phase {
        case connecting
        /// Connected; the hello is awaited. Successors: asking, closed.
        case greeting
        /// The question is out; the answer is awaited. Successor: closed.
        case asking
        case closed
    }

    let number: UInt64
    private unowned let shell: MembershipShell
    private let question: Bytes
    private var attempt: ConnectAttempt?
    private var transport: Transport?
    private var frames = FrameAssembler(limit: WireVersion.frameLimit)
    private var challenge: UInt64 = 0
    private var phase = Phase.connecting
    private var timer: TimerHandle?

    init(
        shell: MembershipShell, number: UInt64, address: SocketAddress, question: Bytes,
        until: Instant
    ) {
        self.shell = shell
        self.number = number
        self.question = question
        super.init()
        timer = shell.loop.schedule(at: until, self, kind: 0)
        attempt = ConnectAttempt(
            loop: shell.loop, address: address, from: shell.streamSource
        ) { [weak self] result in self?.onConnected(result, address) }
    }

    private func onConnected(
        _ result: Result<Int32, TransportFault>, _ address: SocketAddress
    ) {
        attempt = nil
        guard case .success(let descriptor) = result else { return fail() }
        phase = .greeting
        let transport = Transport(loop: shell.loop, descriptor: descriptor, peer: address)
        transport.delegate = self
        self.transport = transport
    }

    func transport(_ transport: Transport, didReceive bytes: Span<UInt8>) {
        guard phase != .closed else { return }
        frames.append(bytes)
        if phase == .greeting, let words = frames.take(StreamHello.length) { ask(words) }
        guard phase == .asking else { return }
        do throws(FrameAssembler.Fault) {
            if let frame = try frames.next() { take(frame) }
        } catch {
            shell.note(.frameLength, from: transport.peer)
            fail()
        }
    }

    private func ask(_ words: Bytes) {
        guard let transport else { return }
        guard let hello = StreamHello(words.span) else {
            shell.note(.notOurs, from: transport.peer)
            return fail()
        }
        guard hello.commonVersion != nil else {
            shell.note(.version, from: transport.peer)
            return fail()
        }
        // Half a member, which can ask but not understand the answers, would harm.
        guard shell.gate.ring.rootKey(hello.primary) != nil else {
            shell.note(.foreignKey, from: transport.peer)
            return fail()
        }
        challenge = hello.challenge
        phase = .asking
        shell.write(question, challenge, to: transport)
    }

    private func take(_ frame: Bytes) {
        guard let (sender, payload) = shell.open(frame, challenge, from: transport?.peer) else {
            return fail()
        }
        // The machine may say a last word meanwhile, through `finish`.
        shell.onReply(number, payload, from: sender)
        close()
    }

    /// Sends the last frame and closes.
    func finish(_ frame: Bytes) {
        guard phase == .asking, let transport else { return }
        shell.write(frame, challenge, to: transport)
        forget()
        transport.closeAfterFlush()
    }

    func transportDidReachEnd(_ transport: Transport) { fail() }
    func transport(_ transport: Transport, didFail fault: TransportFault) { fail() }
    func transportDidDrain(_ transport: Transport) {}
    func transportDidBecomeReady(_ transport: Transport) {}

    /// Time is up.
    override func onTimer(_ kind: UInt32) {
        timer = nil
        fail()
    }

    private func fail() {
        guard phase != .closed else { return }
        close()
        shell.onFailure(number)
    }

    func close() {
        guard phase != .closed else { return }
        forget()
        transport?.close()
    }

    private func forget() {
        phase = .closed
        attempt?.cancel()
        attempt = nil
        if let timer { shell.loop.cancel(timer) }
        timer = nil
        shell.remove(self)
    }
}
