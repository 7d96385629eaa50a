// SPDX-License-Identifier: Apache-2.0
public import Core

/// Bytes as pairs of hexadecimal digits (RFC 4648 §8).
public enum Hex {
    /// Appends two lower-case digits per byte.
    public static func encode(_ bytes: Span<UInt8>, into writer: inout ByteWriter) {
        writer.reserve(bytes.count * 2)
        for index in bytes.indices {
            writer.append(ASCII.hexDigit(bytes[index] >> 4))
            writer.append(ASCII.hexDigit(bytes[index] & 15))
        }
    }

    /// Lower-case text of the bytes.
    public static func encode(_ bytes: Span<UInt8>) -> String {
        var writer = ByteWriter(capacity: bytes.count * 2)
        encode(bytes, into: &writer)
        return writer.finish().string
    }

    /// The bytes of an even number of digits, either case; nil for anything else.
    public static func decode(_ digits: Span<UInt8>) -> Bytes? {
        guard digits.count % 2 == 0 else { return nil }
        var writer = ByteWriter(capacity: digits.count / 2)
        for pair in 0..<digits.count / 2 {
            guard let high = ASCII.hexValue(digits[pair * 2]),
                let low = ASCII.hexValue(digits[pair * 2 + 1])
            else { return nil }
            writer.append(high << 4 | low)
        }
        return writer.finish()
    }
}
