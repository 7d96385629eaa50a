// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a node wrote down of one request: the lines of its access log.
struct RequestFacts: WireValue, Equatable {
    /// False where no access log is written, so that nobody could know.
    var isKept = false
    /// JSON objects, the oldest first.
    var records: [Bytes] = []

    init() {}

    init(_ records: [Bytes]) {
        isKept = true
        self.records = records
    }

    func write(to writer: inout ByteWriter) {
        writer.append(isKept ? 1 : 0 as UInt8)
        writer.append(UInt8(clamping: records.count))
        for record in records.prefix(Int(UInt8.max)) {
            writer.append(bigEndian: UInt32(record.count))
            writer.append(record.span)
        }
    }

    init(from reader: inout ByteReader) {
        isKept = reader.byte() != 0
        let count = Int(reader.byte())
        for _ in 0..<count {
            let size = Int(reader.uint32())
            if size > reader.remaining { reader.fail() }
            records.append(reader.failed ? Bytes() : reader.copy(size))
        }
    }
}
