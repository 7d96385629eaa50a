// SPDX-License-Identifier: Apache-2.0
public import Core

extension MembershipMachine {
    /// Time between exchanges: one more step per doubling above 32 members.
    var exchangePeriod: Duration {
        var steps = 1
        var bound = 32
        while table.peers.count + 1 > bound {
            bound *= 2
            steps += 1
        }
        return settings.exchangePeriod * steps
    }

    /// Exchanges that follow the return of a member, within about three seconds.
    static let repairsAfterRevival = 4

    /// Views differed at an exchange: we ask another member soon.
    private mutating func noteDifference(_ now: Instant) {
        repairs = max(repairs, 1)
        hastenExchange(now, within: .seconds(2))
    }

    mutating func hastenExchange(_ now: Instant, within delay: Duration) {
        schedule.exchange = min(schedule.exchange, now + randomPart(of: delay))
    }

    mutating func beginExchange(_ now: Instant) {
        schedule.exchange = now + exchangePeriod
        if repairs > 0 {
            repairs -= 1
            hastenExchange(now, within: .seconds(1))
        }
        guard !isLeaving, let peer = randomPeers(1).first,
            let address = table[peer]?.profile?.address
        else { return }
        openExchange(at: address, now: now)
    }

    /// Sends our digests to an address; whoever answers there becomes known.
    mutating func openExchange(
        at address: PeerAddress, as purpose: OpenStream.Purpose = .exchange, now: Instant
    ) {
        var head = StreamFrame.Head(.digest)
        head.members = table.digest
        head.records = records.digest
        open(purpose, head, at: address, until: now + settings.streamPatience)
    }

    /// Probes over a stream, beside the helpers of the running round.
    mutating func openPing(_ round: ProbeRound) {
        guard let address = table[round.target]?.profile?.address else { return }
        var head = StreamFrame.Head(.ping)
        head.target = round.target
        open(
            .ping(round.target, sequence: round.sequence), head, at: address, until: round.endsAt)
    }

    private mutating func open(
        _ purpose: OpenStream.Purpose, _ head: StreamFrame.Head, at address: PeerAddress,
        until: Instant
    ) {
        guard streams.count < OpenStream.limit else { return }
        streamNumber += 1
        streams.append(OpenStream(number: streamNumber, purpose: purpose))
        var writer = beginFrame(head)
        output.append(
            .open(stream: streamNumber, at: address, frame: writer.finish(), until: until))
    }

    /// Answers the opening frame of a stream; nil closes it without an answer.
    public mutating func onStreamRequest(
        _ frame: Bytes, from sender: MemberID, now: Instant
    ) -> (reply: Bytes?, actions: [MembershipAction]) {
        guard begin(now), sender != id else { return (nil, []) }
        let reply = answer(frame, from: sender, now: now)
        return (reply, end(now))
    }

    /// Takes the answer on a stream that this node opened.
    public mutating func onStreamReply(
        _ number: UInt64, _ frame: Bytes, from sender: MemberID, now: Instant
    ) -> [MembershipAction] {
        guard begin(now), let index = streams.firstIndex(where: { $0.number == number }) else {
            return []
        }
        let stream = streams.remove(at: index)
        guard sender != id else { return end(now) }
        switch stream.purpose {
        case .ping(let target, let sequence):
            takePong(frame, target, sequence, from: sender, now: now)
        case .exchange, .referredExchange:
            if let addresses = StreamFrame.referral(in: frame) {
                if stream.purpose == .exchange { follow(addresses, now: now) }
            } else {
                takeDifference(frame, stream: number, from: sender, now: now)
            }
        }
        return end(now)
    }

    /// The stream could not be opened, broke, or took too long.
    public mutating func onStreamFailed(_ number: UInt64, now: Instant) -> [MembershipAction] {
        guard begin(now) else { return [] }
        streams.removeAll { $0.number == number }
        return end(now)
    }

    private mutating func answer(_ frame: Bytes, from sender: MemberID, now: Instant) -> Bytes? {
        var reader = ByteReader(frame.span)
        guard let head = try? StreamFrame.readHead(from: &reader) else {
            refusals.malformed += 1
            return nil
        }
        takeMessages(&reader, from: sender, now: now)
        switch head.kind {
        case .ping:
            guard head.target == id else { return nil }
            var writer = beginFrame(StreamFrame.Head(.pong))
            return writer.finish()
        case .digest:
            var answer = StreamFrame.Head(.difference)
            answer.members = table.digest
            answer.records = records.digest
            var writer = beginFrame(answer)
            let members = table.digest.difference(head.members)
            writeMembers(members, to: &writer, now: now)
            writeRecords(records.digest.difference(head.records), to: &writer)
            if members != 0, phase == .member { noteDifference(now) }
            return writer.finish()
        case .remainder, .pong, .difference, .referral:
            return nil
        }
    }

    /// Whoever answered belongs to another pool and named members of ours.
    private mutating func follow(_ addresses: [PeerAddress], now: Instant) {
        for address in addresses.prefix(Self.contactLimit)
        where address != table[id]?.profile?.address {
            openExchange(at: address, as: .referredExchange, now: now)
        }
    }

    private mutating func takePong(
        _ frame: Bytes, _ target: MemberID, _ sequence: UInt32, from sender: MemberID, now: Instant
    ) {
        var reader = ByteReader(frame.span)
        guard let head = try? StreamFrame.readHead(from: &reader), head.kind == .pong else {
            refusals.malformed += 1
            return
        }
        takeMessages(&reader, from: sender, now: now)
        if sender == target, round?.sequence == sequence { round?.stage = .answered }
    }

    private mutating func takeDifference(
        _ frame: Bytes, stream: UInt64, from sender: MemberID, now: Instant
    ) {
        var reader = ByteReader(frame.span)
        guard let head = try? StreamFrame.readHead(from: &reader), head.kind == .difference else {
            refusals.malformed += 1
            return
        }
        let members = table.digest.difference(head.members)
        let records = records.digest.difference(head.records)
        takeMessages(&reader, from: sender, now: now)
        guard phase != .ended else { return }
        let wasJoining = phase == .joining
        if wasJoining {
            phase = .member
            output.append(.joined)
        }
        guard members != 0 || records != 0 else { return }
        var writer = beginFrame(StreamFrame.Head(.remainder))
        writeMembers(members, to: &writer, now: now)
        writeRecords(records, to: &writer)
        output.append(.finish(stream: stream, frame: writer.finish()))
        if !wasJoining { noteDifference(now) }
    }

    private mutating func takeMessages(
        _ reader: inout ByteReader, from sender: MemberID, now: Instant
    ) {
        while reader.remaining > 0 {
            guard let message = try? WireMessage(from: &reader) else {
                refusals.malformed += 1
                return
            }
            switch message {
            case .standing(let update):
                merge(update, nil, from: .exchange(sender), now: now)
            case .member(let update, let profile):
                merge(update, profile, from: .exchange(sender), now: now)
            case .record(let key, let record, _):
                merge(record, for: key, isUrgent: false, isGossip: false, now: now)
            case .ping, .ack, .probeRequest, .relayedAck, .nack:
                refusals.malformed += 1
                return
            }
        }
    }

    /// Head and our own record, with which every frame starts.
    private func beginFrame(_ head: StreamFrame.Head) -> ByteWriter {
        var writer = ByteWriter(capacity: 512)
        StreamFrame.write(head, to: &writer)
        if let own = table[id], let profile = own.profile {
            WireMessage.member(StandingUpdate(id, own.standing), profile).write(to: &writer)
        }
        return writer
    }

    private func writeMembers(_ buckets: UInt16, to writer: inout ByteWriter, now: Instant) {
        guard buckets != 0 else { return }
        for member in table.members where member.isTold && member.id != id {
            let bucket = Digest.bucket(of: member.id.rawValue)
            guard buckets & 1 << UInt16(bucket) != 0 else { continue }
            guard writer.count < WireVersion.frameLimit - 1024 else { return }
            var update = StandingUpdate(
                member.id, member.standing, accusation: member.suspicion?.accusations.first)
            if member.isLive, let profile = member.profile {
                WireMessage.member(update, profile).write(to: &writer)
            } else {
                let age = (now - member.since).nanoseconds / 1_000_000_000
                update.age = UInt32(clamping: age)
                WireMessage.standing(update).write(to: &writer)
            }
        }
    }

    private func writeRecords(_ buckets: UInt16, to writer: inout ByteWriter) {
        guard buckets != 0 else { return }
        for member in table.members where member.isLive {
            let bucket = Digest.bucket(of: member.id.rawValue)
            guard buckets & 1 << UInt16(bucket) != 0 else { continue }
            for entry in records.entries(of: member.id) {
                guard writer.count < WireVersion.frameLimit - 1024 else { return }
                let key = RecordKey(owner: member.id, key: entry.key)
                WireMessage.record(key, entry.record, isUrgent: false).write(to: &writer)
            }
        }
    }
}
