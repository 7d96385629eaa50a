// SPDX-License-Identifier: Apache-2.0
internal import Core

extension MembershipMachine {
    /// Bytes of plaintext in one datagram.
    var payloadLimit: Int {
        settings.mutations.contains(.overfillsDatagrams)
            ? WireVersion.datagramLimit : WireVersion.datagramLimit - Envelope.datagramOverhead
    }

    /// Times one node sends an item: the multiplier by ⌈log10(N + 1)⌉.
    var retransmits: Int {
        var digits = 1
        var bound = 10
        while table.peers.count + 2 > bound {
            bound *= 10
            digits += 1
        }
        return settings.retransmitMultiplier * digits
    }

    /// Sends a message with what news fit; a receiver that is not alive hears first of that.
    mutating func send(
        _ message: WireMessage?, to receiver: MemberID, at address: PeerAddress? = nil
    ) {
        guard let slot = table.slot(of: receiver),
            let address = address ?? table.members[slot].profile?.address
        else { return }
        var writer = ByteWriter(capacity: queue.isEmpty ? 32 : payloadLimit)
        if table.members[slot].status != .alive {
            // Buddy rule (Lifeguard IV-C): the accused should be the first to know.
            news(about: table.members[slot]).write(to: &writer)
        }
        message?.write(to: &writer)
        queue.fill(&writer, budget: payloadLimit - writer.count, retransmits: retransmits)
        guard !writer.isEmpty else { return }
        output.append(.send(writer.finish(), to: receiver, at: address))
    }

    /// What we hold of a member's standing, in the short form.
    func news(about member: Member, isUrgent: Bool = false) -> WireMessage {
        .standing(
            StandingUpdate(
                member.id, member.standing, accusation: member.suspicion?.accusations.first,
                isUrgent: isUrgent))
    }

    /// Queues news, and pushes them at once if urgent.
    mutating func spread(
        _ message: WireMessage, about subject: BroadcastQueue.Subject, push: Push, sent: Int = 0
    ) {
        let bytes = message.encoded
        queue.enqueue(bytes, about: subject, sent: sent)
        switch push {
        case .none: break
        case .originate: urgentNews.originated.append(bytes)
        case .forward: urgentNews.forwarded.append(bytes)
        }
    }

    /// How news leave beside the queue.
    enum Push { case none, originate, forward }

    mutating func flushUrgentNews(reach: Int = UrgentNews.originatorReach) {
        guard !urgentNews.isEmpty else { return }
        let news = urgentNews
        urgentNews = UrgentNews()
        let isSmall = table.peers.count < reach
        let all = isSmall ? table.peers : randomPeers(settings.fanOut)
        push(news.originated, to: all)
        push(news.forwarded, to: randomPeers(settings.fanOut))
    }

    private mutating func push(_ items: [Bytes], to peers: [MemberID]) {
        var start = 0
        while start < items.count {
            var writer = ByteWriter(capacity: payloadLimit)
            while start < items.count, writer.count + items[start].count <= payloadLimit {
                writer.append(items[start])
                start += 1
            }
            let datagram = writer.finish()
            for peer in peers {
                guard let slot = table.slot(of: peer),
                    let address = table.members[slot].profile?.address
                else { continue }
                output.append(.send(datagram, to: peer, at: address))
            }
        }
    }

    mutating func gossip(_ now: Instant) {
        schedule.gossip = .distantFuture
        for peer in randomPeers(settings.fanOut) {
            send(nil, to: peer)
        }
    }

    /// Up to `count` different live peers, drawn at random.
    mutating func randomPeers(_ count: Int, except excluded: MemberID? = nil) -> [MemberID] {
        let total = table.peers.count
        guard total > 0 else { return [] }
        var chosen: [MemberID] = []
        if total <= count + 1 {
            chosen = table.peers.filter { $0 != excluded }
            chosen.shuffle(using: &generator)
            return Array(chosen.prefix(count))
        }
        chosen.reserveCapacity(count)
        // With more peers than wanted, a few draws suffice; ever fewer collide.
        while chosen.count < count {
            let peer = table.peers[Int.random(in: 0..<total, using: &generator)]
            if peer != excluded, !chosen.contains(peer) { chosen.append(peer) }
        }
        return chosen
    }

    mutating func randomPart(of duration: Duration) -> Duration {
        .nanoseconds(Int64.random(in: 0...max(duration.nanoseconds, 1), using: &generator))
    }
}
