// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What may travel in calls between nodes; a newer version only appends, an older one ignores that.
protocol WireValue: Sendable {
    func write(to writer: inout ByteWriter)
    /// On malformed input the reader has failed and the value means nothing.
    init(from reader: inout ByteReader)
}

extension WireValue {
    var encoded: Bytes {
        var writer = ByteWriter(capacity: 64)
        write(to: &writer)
        return writer.finish()
    }

    /// Nil when the bytes are no such value.
    init?(_ bytes: Bytes) {
        var reader = ByteReader(bytes.span)
        self.init(from: &reader)
        if reader.failed { return nil }
    }
}

extension String: WireValue {
    func write(to writer: inout ByteWriter) {
        writer.append(bigEndian: UInt32(utf8.count))
        writer.append(self)
    }

    init(from reader: inout ByteReader) {
        let count = Int(reader.uint32())
        self = reader.text(count)
    }
}

extension Int: WireValue {
    func write(to writer: inout ByteWriter) { writer.append(bigEndian: Int64(self)) }

    init(from reader: inout ByteReader) { self.init(Int64(bitPattern: reader.uint64())) }
}
