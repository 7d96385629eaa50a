// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Reactor

/// A stream that this node opened for one question, of its machine or of a caller.
///
/// `connecting → greeting → asking → closed`; the asker hears of the outcome exactly once.
final class OutboundStream: EventHandler, TransportDelegate {
    private enum Phase {
        case connecting
        /// Connected; the hello is awaited. Successors: asking, closed.
        case greeting
        /// The question is out; the answer is awaited. Successor: closed.
        case asking
        case closed
    }

    /// What to ask, where, and until when; callers' questions have the number 0.
    struct Question {
        var pool = ClusterPool.region
        /// The region that must greet; nil for that of the pool.
        var region: RegionTag?
        /// Until when there must be a greeting, so that another address can be tried in time.
        var greetedBy: Instant?
        var number: UInt64
        var address: SocketAddress
        var frame: Bytes
        var until: Instant
    }

    typealias Answer = (sender: MemberID, payload: Bytes)

    let question: Question
    private unowned let shell: MembershipShell
    private var completion: ((Result<Answer, CallFault>) -> Void)?
    private var attempt: ConnectAttempt?
    private var transport: Transport?
    private var frames = FrameAssembler(limit: WireVersion.frameLimit)
    private var challenge: UInt64 = 0
    private var phase = Phase.connecting
    private var timer: TimerHandle?

    init(
        shell: MembershipShell, _ question: Question,
        completion: @escaping (Result<Answer, CallFault>) -> Void
    ) {
        self.shell = shell
        self.question = question
        self.completion = completion
        super.init()
        let address = question.address
        let first = min(question.greetedBy ?? question.until, question.until)
        timer = shell.loop.schedule(at: first, self, kind: 0)
        attempt = ConnectAttempt(
            loop: shell.loop, address: address, from: shell.streamSource
        ) { [weak self] result in self?.onConnected(result, address) }
    }

    private func onConnected(
        _ result: Result<Int32, TransportFault>, _ address: SocketAddress
    ) {
        attempt = nil
        guard case .success(let descriptor) = result else { return fail(.unreachable) }
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
            fail(.malformed)
        }
    }

    private func ask(_ words: Bytes) {
        guard let transport else { return }
        guard let hello = StreamHello(words.span) else {
            shell.note(.notOurs, from: transport.peer)
            return fail(.unreachable)
        }
        guard hello.commonVersion != nil else {
            shell.note(.version, from: transport.peer)
            return fail(.tooOld)
        }
        // Half a member, which can ask but not understand the answers, would harm.
        guard shell.ring(of: question.pool).rootKey(hello.primary) != nil else {
            shell.note(.foreignKey, from: transport.peer)
            return fail(.unreachable)
        }
        shell.wide.noteRegion(hello.region, at: question.address)
        guard isWanted(hello.region) else { return fail(.unreachable) }
        challenge = hello.challenge
        phase = .asking
        if question.greetedBy != nil {
            if let timer { shell.loop.cancel(timer) }
            timer = shell.loop.schedule(at: question.until, self, kind: 0)
        }
        shell.write(question.frame, question.pool, challenge, to: transport)
    }

    /// In the region's own pool, members of another region are another pool's.
    private func isWanted(_ region: RegionTag) -> Bool {
        if let wanted = question.region { return region == wanted }
        return question.pool == .wide || region == shell.wide.tag
    }

    private func take(_ frame: Bytes) {
        guard let answer = shell.open(frame, question.pool, challenge, from: transport?.peer) else {
            return fail(.malformed)
        }
        let completion = completion
        self.completion = nil
        // The machine may say a last word meanwhile, through `finish`.
        completion?(.success(answer))
        close()
    }

    /// Sends the last frame and closes.
    func finish(_ frame: Bytes) {
        guard phase == .asking, let transport else { return }
        shell.write(frame, question.pool, challenge, to: transport)
        forget()
        transport.closeAfterFlush()
    }

    func transportDidReachEnd(_ transport: Transport) { fail(.unreachable) }
    func transport(_ transport: Transport, didFail fault: TransportFault) {
        fail(.unreachable)
    }

    func transportDidDrain(_ transport: Transport) {}
    func transportDidBecomeReady(_ transport: Transport) {}

    /// Time is up.
    override func onTimer(_ kind: UInt32) {
        timer = nil
        let isTimeout = phase == .asking || (phase == .greeting && question.greetedBy == nil)
        fail(isTimeout ? .timeout : .unreachable)
    }

    private func fail(_ fault: CallFault) {
        guard phase != .closed else { return }
        let completion = completion
        self.completion = nil
        forget()
        transport?.close()
        completion?(.failure(fault))
    }

    /// Gives up; the asker hears that nobody was there.
    func close() { fail(.unreachable) }

    private func forget() {
        phase = .closed
        attempt?.cancel()
        attempt = nil
        if let timer { shell.loop.cancel(timer) }
        timer = nil
        shell.remove(self)
    }
}
