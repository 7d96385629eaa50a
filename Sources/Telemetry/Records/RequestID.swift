// SPDX-License-Identifier: Apache-2.0
public import Core

/// The name of one request in headers, records and logs.
public enum RequestID {
    /// The longest name taken over from a caller.
    public static let lengthLimit = 128

    /// The caller's name if it is sane, else a new one of 128 random bits in hexadecimal.
    public static func accept(_ given: Bytes?, random: inout SeededGenerator) -> Bytes {
        if let given, isSane(given.span) { return given }
        return make(random: &random)
    }

    /// A new name of 128 random bits, as 32 hexadecimal digits.
    public static func make(random: inout SeededGenerator) -> Bytes {
        var writer = ByteWriter(capacity: 32)
        writer.append(hex: random.next(), width: 16)
        writer.append(hex: random.next(), width: 16)
        return writer.finish()
    }

    /// 1 to 128 of `A–Z a–z 0–9 . _ : -`: safe in a header, a log line and a path.
    public static func isSane(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0, text.count <= lengthLimit else { return false }
        for index in text.indices {
            switch text[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: continue
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }
}
