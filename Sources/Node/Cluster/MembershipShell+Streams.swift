// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core
internal import Reactor

extension MembershipShell {
    /// Streams that others may have open at a time.
    static let streamLimit = 64

    func onStream(_ descriptor: Int32, from peer: SocketAddress?) {
        let transport = Transport(loop: loop, descriptor: descriptor, peer: peer)
        if inbound.count >= Self.streamLimit { makeRoom(peer) }
        let stream = InboundStream(shell: self, transport: transport)
        stream.slot = inbound.insert(stream)
        if stream.slot == nil { stream.close() }
    }

    /// Whoever opens many streams without a key only shortens the life of the others of its kind.
    func makeRoom(_ peer: SocketAddress?) {
        var victim: InboundStream?
        inbound.forEach { _, stream in
            guard !stream.isAuthentic else { return }
            if let other = victim, other.openedAt <= stream.openedAt { return }
            victim = stream
        }
        note(.crowded, from: peer)
        victim?.close()
    }

    /// The sender and payload of a frame; nil when it is dropped.
    func open(
        _ frame: Bytes, _ pool: ClusterPool, _ challenge: UInt64, from peer: SocketAddress?
    ) -> (sender: MemberID, payload: Bytes)? {
        counts.receivedBytes += frame.count
        do throws(DropReason) {
            switch pool {
            case .region: return try gate.openFrame(frame, challenge: challenge)
            case .wide: return try wide.gate.openFrame(frame, challenge: challenge)
            }
        } catch {
            noteDrop(error.label, from: peer)
            return nil
        }
    }

    func write(
        _ payload: Bytes, _ pool: ClusterPool, _ challenge: UInt64, to transport: Transport
    ) {
        let sealed =
            switch pool {
            case .region: gate.sealFrame(payload, challenge: challenge)
            case .wide: wide.gate.sealFrame(payload, challenge: challenge)
            }
        counts.sentBytes += sealed.count
        transport.write { FrameAssembler.write(sealed, to: &$0) }
    }

    /// The answer to a frame that another member opened a stream with, or ended one with.
    func answer(
        _ payload: Bytes, _ pool: ClusterPool, from sender: MemberID
    ) -> Bytes? {
        guard pool == .region else { return wide.answer(payload, from: sender) }
        var reply: Bytes?
        input { machine, now in
            let answer = machine.onStreamRequest(payload, from: sender, now: now)
            reply = answer.reply
            return answer.actions
        }
        return reply
    }

    func onAnswer(_ number: UInt64, _ result: Result<OutboundStream.Answer, CallFault>) {
        switch result {
        case .success(let answer):
            input { $0.onStreamReply(number, answer.payload, from: answer.sender, now: $1) }
        case .failure: input { $0.onStreamFailed(number, now: $1) }
        }
    }

    /// The keys of a pool.
    func ring(of pool: ClusterPool) -> KeyRing {
        pool == .wide ? wide.gate.ring : gate.ring
    }

    /// Asks a question of a machine.
    func openStream(
        _ question: OutboundStream.Question,
        _ completion: @escaping (Result<OutboundStream.Answer, CallFault>) -> Void
    ) { outbound.append(OutboundStream(shell: self, question, completion: completion)) }

    /// Sends the last frame on the stream of this number and pool.
    func finishStream(_ number: UInt64, _ pool: ClusterPool, _ frame: Bytes) {
        outbound.first { $0.question.number == number && $0.question.pool == pool }?.finish(frame)
    }

    func remove(_ stream: InboundStream) {
        if let slot = stream.slot { inbound.remove(slot) }
        stream.slot = nil
    }

    func remove(_ stream: OutboundStream) { outbound.removeAll { $0 === stream } }

    func closeStreams() {
        var open: [InboundStream] = []
        inbound.forEach { open.append($1) }
        for stream in open { stream.close() }
        for stream in outbound { stream.close() }
    }
}
