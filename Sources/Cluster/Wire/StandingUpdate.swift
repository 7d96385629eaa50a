// SPDX-License-Identifier: Apache-2.0
internal import Core

/// News about the standing of a member, in its short form without the profile.
struct StandingUpdate: Sendable, Equatable {
    var subject: MemberID
    var standing: Standing
    /// Present exactly for suspicions.
    var accusation: Accusation?
    /// Receivers to whom it is news pass it on at once.
    var isUrgent = false
    /// Age of a tombstone in seconds, told in exchanges only, so that all drop it together.
    var age: UInt32 = 0

    private static let urgentBit: UInt8 = 0x80
    private static let agedBit: UInt8 = 0x40

    /// Appends status with flags, uid, incarnation and what the status calls for.
    func write(to writer: inout ByteWriter) {
        var head = standing.status.rawValue
        if isUrgent { head |= Self.urgentBit }
        if age > 0 { head |= Self.agedBit }
        writer.append(head)
        writer.append(bigEndian: subject.rawValue)
        // The final incarnation travels as zero, all others one higher.
        writer.append(varint: standing.incarnation.rawValue &+ 1)
        if age > 0 { writer.append(varint: UInt64(age)) }
        if standing.status == .suspect {
            (accusation ?? Accusation(accuser: subject)).write(to: &writer)
        }
    }

    init(
        _ subject: MemberID, _ standing: Standing, accusation: Accusation? = nil,
        isUrgent: Bool = false
    ) {
        self.subject = subject
        self.standing = standing
        self.accusation = accusation
        self.isUrgent = isUrgent
    }

    /// Reads an update; on malformed input the reader has failed and the value means nothing.
    init(from reader: inout ByteReader) {
        let head = reader.byte()
        isUrgent = head & Self.urgentBit != 0
        subject = MemberID(rawValue: reader.uint64())
        let incarnation = Incarnation(rawValue: reader.varint() &- 1)
        let status = MemberStatus(rawValue: head & 0x3F)
        if status == nil || !incarnation.isPlausible { reader.fail() }
        standing = Standing(status ?? .alive, incarnation)
        if head & Self.agedBit != 0 {
            let age = reader.varint()
            if age == 0 || age > UInt64(UInt32.max) { reader.fail() }
            self.age = UInt32(truncatingIfNeeded: age)
        }
        if status == .suspect { accusation = Accusation(from: &reader) }
    }
}
