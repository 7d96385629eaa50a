// SPDX-License-Identifier: Apache-2.0
public import Core

/// The clear part of a datagram or frame: who sealed it, with which key, under which nonce.
///
/// Datagram: version, key id, label check, uid (8), counter (8), then ciphertext and tag (16). The
/// associated data are these 19 bytes, the whole label hash and the receiver's uid, so a datagram
/// for one process opens at no other. A frame adds the sender's boot, since it may be a stranger,
/// and binds the acceptor's challenge instead of its uid.
public struct Envelope: Sendable, Equatable {
    public var version: UInt8 = WireVersion.current
    public var key: KeyID
    public var labelCheck: UInt8
    public var sender: MemberID
    public var counter: UInt64

    /// Set in the version of whatever belongs to the wide pool, so that both share one port.
    static let wideBit: UInt8 = 0x80

    /// Whether a datagram or frame claims to belong to the wide pool.
    public static func isWide(_ message: Bytes) -> Bool {
        !message.isEmpty && message[0] & wideBit != 0
    }

    public static let headerLength = 19
    public static let tagLength = 16
    public static let datagramOverhead = headerLength + tagLength

    init(key: KeyID, labelCheck: UInt8, sender: MemberID, counter: UInt64) {
        self.key = key
        self.labelCheck = labelCheck
        self.sender = sender
        self.counter = counter
    }

    func write(to writer: inout ByteWriter) {
        writer.append(version)
        writer.append(key.rawValue)
        writer.append(labelCheck)
        writer.append(bigEndian: sender.rawValue)
        writer.append(bigEndian: counter)
    }

    init(from reader: inout ByteReader) {
        version = reader.byte()
        key = KeyID(rawValue: reader.byte())
        labelCheck = reader.byte()
        sender = MemberID(rawValue: reader.uint64())
        counter = reader.uint64()
    }
}
