// SPDX-License-Identifier: Apache-2.0
public import Core

/// Seals what leaves and opens what arrives: keys, nonces, replay windows, counts of the dropped.
///
/// Memory is bound by the membership: only a uid the machine knows has a window, and the shell
/// calls `forget` when the machine says so.
public struct DatagramGate {
    public let id: MemberID
    public private(set) var ring: KeyRing
    /// Next number of this process; shared by all keys and by frames, so no nonce repeats.
    public private(set) var counter: UInt64 = 1
    private let boot: BootTime
    private let sealer: any DatagramSealer
    private let label: UInt64
    /// Whether it belongs to the wide pool; set before its first use.
    public var isWide = false
    /// Faults switched on by tests, to prove that the simulator notices; none by default.
    public var mutations: Mutations = []
    private var senders: [Sender] = []
    /// Place of each uid among the senders.
    private var places = MemberIndex()
    private var ownKey: (id: KeyID, key: any SealingKey)
    private var drops: [Int] = Array(repeating: 0, count: DropReason.allCases.count)

    /// What is remembered of one sender.
    private struct Sender {
        let id: MemberID
        var boot: BootTime
        var window = ReplayWindow()
        var keys: [(id: KeyID, key: any SealingKey)] = []
    }

    public init(
        id: MemberID, boot: BootTime, label: String, ring: KeyRing,
        sealer: any DatagramSealer
    ) {
        self.id = id
        self.boot = boot
        self.ring = ring
        self.sealer = sealer
        var hash: UInt64 = 0
        for byte in label.utf8 { hash = Digest.mix(hash, UInt64(byte)) }
        self.label = hash
        let key = Self.makeKey(sealer, ring, ring.primary, id, boot)
        // '!': the ring holds its primary key.
        ownKey = (ring.primary, key!)
    }

    // MARK: Datagrams

    /// A datagram for one process; nil when it would be longer than every path allows.
    public mutating func seal(_ payload: Bytes, to receiver: MemberID) -> Bytes? {
        let total = payload.count + Envelope.datagramOverhead
        guard total <= WireVersion.datagramLimit || mutations.contains(.overfillsDatagrams)
        else {
            return nil
        }
        let envelope = nextEnvelope()
        var writer = ByteWriter(capacity: total)
        envelope.write(to: &writer)
        let associated = associatedData(envelope, bound: receiver.rawValue)
        ownKey.key.seal(
            payload.span, nonce: envelope.counter, associated: associated.span, into: &writer)
        return writer.finish()
    }

    /// The uid a datagram claims to come from, or why it is dropped unseen.
    public mutating func inspect(_ datagram: Bytes) throws(DropReason) -> Envelope {
        guard datagram.count <= WireVersion.datagramLimit else { throw drop(.oversized) }
        guard datagram.count > Envelope.datagramOverhead else { throw drop(.truncated) }
        var reader = ByteReader(datagram.span)
        return try check(Envelope(from: &reader))
    }

    /// The payload of an inspected datagram; `boot` is that of the sender's record.
    public mutating func open(
        _ datagram: Bytes, _ envelope: Envelope, boot: BootTime?
    ) throws(DropReason) -> Bytes {
        guard let boot else { throw drop(.unknownSender) }
        let place = place(of: envelope.sender, boot)
        let fresh = senders[place].window.accepts(envelope.counter)
        guard fresh || mutations.contains(.acceptsReplays) else { throw drop(.replayed) }
        guard let key = senderKey(place, envelope.key) else { throw drop(.unknownKey) }
        let text = datagram.span.extracting(Envelope.headerLength..<datagram.count)
        var writer = ByteWriter(capacity: text.count)
        let associated = associatedData(envelope, bound: id.rawValue)
        let counter = envelope.counter
        guard key.open(text, nonce: counter, associated: associated.span, into: &writer) else {
            throw drop(.notAuthentic)
        }
        senders[place].window.note(counter)
        return writer.finish()
    }

    // MARK: Frames

    /// A frame on a stream whose acceptor gave this challenge.
    public mutating func sealFrame(_ payload: Bytes, challenge: UInt64) -> Bytes {
        let envelope = nextEnvelope()
        var writer = ByteWriter(capacity: payload.count + Envelope.datagramOverhead + 8)
        envelope.write(to: &writer)
        writer.append(bigEndian: boot.rawValue)
        let associated = associatedData(envelope, bound: challenge)
        ownKey.key.seal(
            payload.span, nonce: envelope.counter, associated: associated.span, into: &writer)
        return writer.finish()
    }

    /// The payload and the sender of a frame; the key follows from what the frame says of itself.
    public mutating func openFrame(
        _ frame: Bytes, challenge: UInt64
    ) throws(DropReason) -> (sender: MemberID, payload: Bytes) {
        guard frame.count <= WireVersion.frameLimit else { throw drop(.oversized) }
        guard frame.count > Envelope.datagramOverhead + 8 else { throw drop(.truncated) }
        var reader = ByteReader(frame.span)
        let envelope = try check(Envelope(from: &reader))
        let boot = BootTime(rawValue: reader.uint64())
        guard let key = Self.makeKey(sealer, ring, envelope.key, envelope.sender, boot) else {
            throw drop(.unknownKey)
        }
        let text = frame.span.extracting(Envelope.headerLength + 8..<frame.count)
        var writer = ByteWriter(capacity: text.count)
        let associated = associatedData(envelope, bound: challenge)
        let counter = envelope.counter
        guard key.open(text, nonce: counter, associated: associated.span, into: &writer) else {
            throw drop(.notAuthentic)
        }
        return (envelope.sender, writer.finish())
    }

    // MARK: Keys and counts

    /// Changes the key ring; keys already derived from removed root keys are dropped.
    public mutating func updateRing(
        _ change: (inout KeyRing) throws(KeyRing.Fault) -> Void
    ) throws(KeyRing.Fault) {
        try change(&ring)
        if let key = Self.makeKey(sealer, ring, ring.primary, id, boot) {
            ownKey = (ring.primary, key)
        }
        let held = ring.ids
        for place in senders.indices {
            senders[place].keys.removeAll { !held.contains($0.id) }
        }
    }

    /// Drops what is remembered of a uid that the machine forgot.
    public mutating func forget(_ sender: MemberID) {
        guard let place = places[sender] else { return }
        places.remove(sender)
        let last = senders.removeLast()
        guard last.id != sender else { return }
        senders[place] = last
        places.set(last.id, to: place)
    }

    /// Datagrams and frames dropped for a reason so far.
    public func dropCount(_ reason: DropReason) -> Int { drops[Int(reason.rawValue)] }

    private mutating func drop(_ reason: DropReason) -> DropReason {
        drops[Int(reason.rawValue)] += 1
        return reason
    }

    private mutating func check(_ envelope: Envelope) throws(DropReason) -> Envelope {
        // With the bit of the other pool it is out of range.
        let version = envelope.version ^ poolBit
        guard version >= WireVersion.oldest, version <= WireVersion.current else {
            throw drop(.version)
        }
        guard envelope.labelCheck == labelCheck else { throw drop(.foreignCluster) }
        guard ring.rootKey(envelope.key) != nil else { throw drop(.unknownKey) }
        return envelope
    }

    private var poolBit: UInt8 { isWide ? Envelope.wideBit : 0 }
    private var labelCheck: UInt8 { UInt8(truncatingIfNeeded: label) }

    private mutating func nextEnvelope() -> Envelope {
        var envelope = Envelope(
            key: ownKey.id, labelCheck: labelCheck, sender: id, counter: counter)
        envelope.version |= poolBit
        let repeats = mutations.contains(.reusesNonce) && counter % 8 == 0
        // A mutant stands still once in eight, which the tag check cannot see but the checker can.
        counter += repeats && !standsStill ? 0 : 1
        standsStill = repeats && !standsStill
        return envelope
    }

    private var standsStill = false

    /// Where a sender is remembered; another process under its uid begins with nothing.
    private mutating func place(of sender: MemberID, _ boot: BootTime) -> Int {
        guard let place = places[sender] else {
            places.set(sender, to: senders.count)
            senders.append(Sender(id: sender, boot: boot))
            return senders.count - 1
        }
        if senders[place].boot != boot { senders[place] = Sender(id: sender, boot: boot) }
        return place
    }

    private mutating func senderKey(_ place: Int, _ id: KeyID) -> (any SealingKey)? {
        for held in senders[place].keys where held.id == id { return held.key }
        let made = Self.makeKey(sealer, ring, id, senders[place].id, senders[place].boot)
        guard let key = made else { return nil }
        senders[place].keys.append((id, key))
        return key
    }

    /// HKDF input: uid ‖ boot, so that every process seals under a key of its own.
    private static func makeKey(
        _ sealer: any DatagramSealer, _ ring: KeyRing, _ id: KeyID, _ sender: MemberID,
        _ boot: BootTime
    ) -> (any SealingKey)? {
        guard let rootKey = ring.rootKey(id) else { return nil }
        var info = ByteWriter(capacity: 16)
        info.append(bigEndian: sender.rawValue)
        info.append(bigEndian: boot.rawValue)
        return sealer.makeKey(rootKey: rootKey, info: info.span)
    }

    /// Header (19), label (8) and what the message is bound to: the receiver or a challenge (8).
    private func associatedData(_ envelope: Envelope, bound: UInt64) -> InlineArray<35, UInt8> {
        var data: InlineArray<35, UInt8> = .init(repeating: 0)
        data[0] = envelope.version
        data[1] = envelope.key.rawValue
        data[2] = envelope.labelCheck
        let words: InlineArray<4, UInt64> = [
            envelope.sender.rawValue, envelope.counter, label, bound,
        ]
        for word in words.indices {
            for byte in 0..<8 {
                let shift = UInt64(56 - 8 * byte)
                data[3 + 8 * word + byte] = UInt8(truncatingIfNeeded: words[word] >> shift)
            }
        }
        return data
    }
}
