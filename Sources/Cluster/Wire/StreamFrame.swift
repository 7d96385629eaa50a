// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What two members say over a stream: a ping that TCP carries, or an exchange of views.
///
/// An exchange has three frames: the opener's digests; the answerer's digests with its records in
/// the buckets that differ; the opener's records in those buckets. Each frame starts with its
/// sender's own record, so a stranger is a member after one exchange.
enum StreamFrame {
    enum Kind: UInt8 {
        /// "Are you this uid?" Answered by `pong`.
        case ping = 1
        case pong
        /// Digests. Answered by `difference`.
        case digest
        /// Records in differing buckets. Answered by `remainder`.
        case difference
        /// Records in differing buckets, the last frame.
        case remainder
        /// "I am not in that pool; these are." Answers `digest` in place of `difference`.
        case referral
    }

    /// The fixed part of a frame; messages follow it.
    struct Head {
        let kind: Kind
        /// The uid a ping is for; of no meaning otherwise.
        var target = MemberID(rawValue: 0)
        var members = Digest()
        var records = Digest()

        init(_ kind: Kind) { self.kind = kind }
    }

    static func write(_ head: Head, to writer: inout ByteWriter) {
        writer.append(head.kind.rawValue)
        switch head.kind {
        case .ping: writer.append(bigEndian: head.target.rawValue)
        case .digest, .difference:
            head.members.write(to: &writer)
            head.records.write(to: &writer)
        case .pong, .remainder, .referral: break
        }
    }

    static func readHead(from reader: inout ByteReader) throws(WireFault) -> Head {
        let type = reader.byte()
        guard let kind = Kind(rawValue: type) else {
            throw reader.failed ? .malformed : .unknownType(type)
        }
        var head = Head(kind)
        switch kind {
        case .ping: head.target = MemberID(rawValue: reader.uint64())
        case .digest, .difference:
            head.members = Digest(from: &reader)
            head.records = Digest(from: &reader)
        case .pong, .remainder, .referral: break
        }
        if reader.failed { throw .malformed }
        return head
    }

    /// Addresses in one referral; more of them help nobody.
    static let referralLimit = 8

    /// A referral to those addresses.
    static func referral(to addresses: [PeerAddress]) -> Bytes {
        var writer = ByteWriter(capacity: 2 + 18 * referralLimit)
        write(Head(.referral), to: &writer)
        writer.append(UInt8(min(addresses.count, referralLimit)))
        for address in addresses.prefix(referralLimit) { address.write(to: &writer) }
        return writer.finish()
    }

    /// The addresses a referral names; nil when the frame is none.
    static func referral(in frame: Bytes) -> [PeerAddress]? {
        var reader = ByteReader(frame.span)
        guard let head = try? readHead(from: &reader), head.kind == .referral else { return nil }
        let count = min(Int(reader.byte()), referralLimit)
        let addresses = (0..<count).map { _ in PeerAddress(from: &reader) }
        return reader.failed ? nil : addresses
    }
}
