// SPDX-License-Identifier: Apache-2.0

extension Span where Element == UInt8 {
    /// The text with percent escapes resolved (RFC 3986 section 2.1); nil if one is malformed.
    public var percentDecoded: Bytes? {
        var writer = ByteWriter(capacity: count)
        var index = 0
        while index < count {
            var byte = self[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < count, let high = ASCII.hexValue(self[index + 1]),
                    let low = ASCII.hexValue(self[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
            }
            writer.append(byte)
            index += 1
        }
        return writer.finish()
    }

    /// The value of a parameter in a query (`a=1&b=2`), undecoded; nil without it.
    public func queryValue(_ name: StaticString) -> Range<Int>? {
        var start = 0
        while start < count {
            var end = start
            while end < count, self[end] != UInt8(ascii: "&") { end += 1 }
            var equals = start
            while equals < end, self[equals] != UInt8(ascii: "=") { equals += 1 }
            if extracting(start..<equals).equals(name) { return min(equals + 1, end)..<end }
            start = end + 1
        }
        return nil
    }
}

extension ByteWriter {
    /// Appends a text as one segment of a path: all but unreserved bytes and colons escaped.
    public mutating func append(pathSegment text: Span<UInt8>) {
        for index in text.indices {
            let byte = text[index]
            if ASCII.isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || Self.isPlain(byte) {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(Self.upperHex(byte >> 4))
                append(Self.upperHex(byte & 15))
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static func upperHex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? 0x30 + digit : 0x41 + digit - 10
    }
}
