// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Cuts a stream into frames, each behind its length in four bytes; nothing is kept beyond a limit.
struct FrameAssembler: ~Copyable {
    /// Bytes of the longest frame accepted next; a claimed length alone allocates nothing.
    var limit: Int
    private var pending = ByteWriter()

    /// A frame longer than allowed, or an empty one.
    struct Fault: Error {}

    static let prefix = 4

    init(limit: Int) { self.limit = limit }

    mutating func append(_ bytes: Span<UInt8>) { pending.append(bytes) }

    /// The next whole frame; nil while it is incomplete.
    mutating func next() throws(Fault) -> Bytes? {
        guard pending.count >= Self.prefix else { return nil }
        var length = 0
        for index in 0..<Self.prefix { length = length << 8 | Int(pending.span[index]) }
        guard length > 0, length <= limit else { throw Fault() }
        guard pending.count >= Self.prefix + length else { return nil }
        var taken = ByteWriter()
        swap(&taken, &pending)
        let all = taken.finish()
        pending.append(all.dropFirst(Self.prefix + length).span)
        return all[Self.prefix..<(Self.prefix + length)]
    }

    /// Takes exactly `count` bytes that stand before all frames; nil while they are incomplete.
    mutating func take(_ count: Int) -> Bytes? {
        guard pending.count >= count else { return nil }
        var taken = ByteWriter()
        swap(&taken, &pending)
        let all = taken.finish()
        pending.append(all.dropFirst(count).span)
        return all.prefix(count)
    }

    /// A frame as it travels.
    static func write(_ frame: Bytes, to writer: inout ByteWriter) {
        writer.append(bigEndian: UInt32(frame.count))
        writer.append(frame.span)
    }
}
