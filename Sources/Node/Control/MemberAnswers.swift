// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What each member of a region answered, or why it did not, in order of name.
struct MemberAnswers<Value: WireValue>: WireValue {
    typealias Row = (name: String, result: Result<Value, CallFault>)

    var rows: [Row]

    /// Bytes that all values of an answer may have, so that it fits into a frame.
    private static var limit: Int { 1 << 20 }

    init(_ rows: [Row]) { self.rows = rows.sorted { $0.name < $1.name } }

    func write(to writer: inout ByteWriter) {
        var left = Self.limit
        writer.append(bigEndian: UInt32(rows.count))
        for row in rows {
            row.name.write(to: &writer)
            let value = row.result.map(\.encoded)
            switch value {
            case .success(let bytes) where bytes.count <= left:
                left -= bytes.count
                writer.append(0 as UInt8)
                writer.append(bigEndian: UInt32(bytes.count))
                writer.append(bytes.span)
            case .success: writer.append(CallFault.refused.rawValue + 1)
            case .failure(let fault): writer.append(fault.rawValue + 1)
            }
        }
    }

    init(from reader: inout ByteReader) {
        rows = []
        let count = Int(reader.uint32())
        for _ in 0..<count {
            // A claimed count allocates nothing.
            guard reader.remaining > 0 else {
                reader.fail()
                return
            }
            let name = String(from: &reader)
            let fault = reader.byte()
            guard fault == 0 else {
                rows.append((name, .failure(CallFault(rawValue: fault - 1) ?? .refused)))
                continue
            }
            let size = Int(reader.uint32())
            guard size <= reader.remaining else {
                reader.fail()
                return
            }
            let value = Value(reader.copy(size))
            rows.append((name, value.map { .success($0) } ?? .failure(.malformed)))
        }
    }
}
