// SPDX-License-Identifier: Apache-2.0
internal import Cluster
internal import Core

extension ClusterWorld {
    func openStream(
        _ number: UInt64, to address: PeerAddress, _ frame: Bytes, until: Instant, from node: Int
    ) {
        statistics.streams += 1
        let end = members[node].trueTime(until)
        let index = freeStreams.popLast() ?? streams.count
        let acceptor = owner(of: address)
        streamSerial += 1
        let ticket = StreamTicket(place: index, serial: streamSerial)
        let stream = SimulatedStream(
            ticket: ticket, opener: node, openerLife: members[node].life, number: number,
            acceptor: acceptor ?? -1, acceptorLife: acceptor.map { members[$0].life } ?? 0,
            until: end, frame: frame)
        if index == streams.count { streams.append(stream) } else { streams[index] = stream }
        events.schedule(.streamTimeout(ticket), at: end)
        sendSegment(index)
    }

    /// Sends what the current leg carries; lost segments come again with doubled patience.
    func sendSegment(_ index: Int) {
        let stream = streams[index]
        guard !stream.isOver, stream.acceptor >= 0 else { return }
        let from = stream.leg.isFromOpener ? stream.opener : stream.acceptor
        let to = stream.leg.isFromOpener ? stream.acceptor : stream.opener
        let segments = max(1, (stream.sealed.count + 1399) / 1400)
        statistics.streamBytes +=
            stream.sealed.count + segments * NetworkConditions.segmentHeader
        if let arrival = network.segmentArrival(from: from, to: to, now: time) {
            events.schedule(.segment(stream.ticket), at: arrival)
        } else {
            let wait = stream.leg.patience << Int64(min(stream.attempt, 6))
            streams[index].attempt += 1
            events.schedule(.resend(stream.ticket), at: time + wait)
        }
    }

    func resend(_ ticket: StreamTicket) {
        if streams[ticket.place].ticket == ticket { sendSegment(ticket.place) }
    }

    /// A segment has arrived at the kernel of its receiver.
    func arrive(_ ticket: StreamTicket) {
        let stream = streams[ticket.place]
        guard stream.ticket == ticket, !stream.isOver else { return }
        let receiver = stream.leg.isFromOpener ? stream.acceptor : stream.opener
        let life = stream.leg.isFromOpener ? stream.acceptorLife : stream.openerLife
        // A process that is gone answers nothing; its host may be gone as well.
        guard members[receiver].life == life else { return }
        if stream.leg.needsProcess, stream.leg != .accept, members[receiver].state == .paused {
            members[receiver].inbox.append(.leg(ticket))
            return
        }
        act(on: ticket)
    }

    /// The receiver of the current leg takes it and sends the next.
    func act(on ticket: StreamTicket) {
        let index = ticket.place
        let stream = streams[index]
        guard stream.ticket == ticket, !stream.isOver else { return }
        switch stream.leg {
        case .connect: advance(index, to: .accept, Bytes())
        case .accept: sendHello(index)
        case .hello: sendRequest(index)
        case .request: answerRequest(index)
        case .reply: takeReply(index)
        case .remainder: takeRemainder(index)
        }
    }

    private func advance(_ index: Int, to leg: SimulatedStream.Leg, _ sealed: Bytes) {
        streams[index].leg = leg
        streams[index].attempt = 0
        streams[index].sealed = sealed
        sendSegment(index)
    }

    private func sendHello(_ index: Int) {
        let acceptor = streams[index].acceptor
        guard members[acceptor].life == streams[index].acceptorLife else { return }
        guard members[acceptor].state == .running else {
            // The accept queue waits for the process.
            if members[acceptor].state == .paused {
                members[acceptor].inbox.append(.leg(streams[index].ticket))
            }
            return
        }
        guard let gate = members[acceptor].gate else { return }
        streams[index].challenge = generator.next()
        let hello = StreamHello(primary: gate.ring.primary, challenge: streams[index].challenge)
        advance(index, to: .hello, hello.encoded)
    }

    private func sendRequest(_ index: Int) {
        let node = streams[index].opener
        let words = streams[index].sealed
        guard let hello = StreamHello(words.span), hello.commonVersion != nil,
            let ring = members[node].gate?.ring, ring.rootKey(hello.primary) != nil
        else {
            fail(index)
            return
        }
        // '!': tested above.
        let sealed = members[node].gate!.sealFrame(
            streams[index].frame, challenge: hello.challenge)
        watchSealed(sealed, from: node, isFrame: true)
        advance(index, to: .request, sealed)
    }

    private func answerRequest(_ index: Int) {
        let node = streams[index].acceptor
        guard let opened = openFrame(index, at: node) else { return }
        var reply = wide?.referral(of: node, opened.payload)
        input(node) { machine, now in
            let answer = machine.onStreamRequest(opened.payload, from: opened.sender, now: now)
            reply = answer.reply
            return answer.actions
        }
        guard let reply, members[node].gate != nil else {
            fail(index)
            return
        }
        // '!': tested above.
        let sealed = members[node].gate!.sealFrame(reply, challenge: streams[index].challenge)
        watchSealed(sealed, from: node, isFrame: true)
        advance(index, to: .reply, sealed)
    }

    private func takeReply(_ index: Int) {
        let node = streams[index].opener
        let number = streams[index].number
        guard let opened = openFrame(index, at: node) else { return }
        input(node) {
            $0.onStreamReply(number, opened.payload, from: opened.sender, now: $1)
        }
        if streams[index].leg == .reply { streams[index].isOver = true }
    }

    func finishStream(_ number: UInt64, _ frame: Bytes, from node: Int) {
        let life = members[node].life
        let found = streams.firstIndex {
            !$0.isOver && $0.number == number && $0.opener == node && $0.openerLife == life
        }
        guard let index = found, streams[index].leg == .reply else { return }
        // '!': only a running node acts.
        let sealed = members[node].gate!.sealFrame(frame, challenge: streams[index].challenge)
        watchSealed(sealed, from: node, isFrame: true)
        advance(index, to: .remainder, sealed)
    }

    private func takeRemainder(_ index: Int) {
        streams[index].isOver = true
        let node = streams[index].acceptor
        guard let opened = openFrame(index, at: node) else { return }
        input(node) {
            $0.onStreamRequest(opened.payload, from: opened.sender, now: $1).actions
        }
    }

    private func openFrame(_ index: Int, at node: Int) -> (sender: MemberID, payload: Bytes)? {
        let stream = streams[index]
        let opened = try? members[node].gate?.openFrame(
            stream.sealed, challenge: stream.challenge)
        if opened == nil { fail(index) }
        return opened
    }

    private func fail(_ index: Int) {
        let stream = streams[index]
        guard !stream.isOver else { return }
        streams[index].isOver = true
        guard members[stream.opener].life == stream.openerLife else { return }
        input(stream.opener) { $0.onStreamFailed(stream.number, now: $1) }
    }

    func timeOut(_ ticket: StreamTicket) {
        let index = ticket.place
        let stream = streams[index]
        guard stream.ticket == ticket else { return }
        // The remainder may still be under way when its opener has long been content.
        if !stream.isOver, stream.leg != .remainder { fail(index) }
        streams[index].isOver = true
        streams[index].sealed = Bytes()
        freeStreams.append(index)
    }
}
