// SPDX-License-Identifier: Apache-2.0
import Core

/// Scans a status line (RFC 9112 section 4), resuming where the bytes ran out.
///
/// The space before an empty reason may be missing: servers in use leave it out.
struct StatusLineScanner {
    enum Step { case needMore, done, failure(HTTPFault) }

    /// "HTTP/1.1 200" in front of the reason.
    private static let fixedBytes = 12

    /// The next byte to look at; after `done` the first one behind the line.
    private(set) var position = 0
    private(set) var version = HTTPVersion.http11
    private(set) var status = 0
    private(set) var reason = 0..<0

    mutating func scan(_ bytes: Span<UInt8>) -> Step {
        while position < Self.fixedBytes {
            guard position < bytes.count else { return .needMore }
            guard accept(bytes[position]) else { return .failure(.malformedStatusLine) }
            position &+= 1
        }
        if position == Self.fixedBytes {
            guard position < bytes.count else { return .needMore }
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0D, status >= 100, status <= 599 else {
                return .failure(.malformedStatusLine)
            }
        }
        position = ByteScan.valueEnd(bytes, from: position)
        guard position < bytes.count else { return .needMore }
        guard bytes[position] == 0x0D else {
            return .failure(FieldScanner.foreign(bytes[position], else: .malformedStatusLine))
        }
        guard position &+ 1 < bytes.count else { return .needMore }
        guard bytes[position &+ 1] == 0x0A else { return .failure(.bareCarriageReturn) }
        reason = min(Self.fixedBytes + 1, position)..<position
        position &+= 2
        return .done
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        switch position {
        case 0: return byte == UInt8(ascii: "H")
        case 1, 2: return byte == UInt8(ascii: "T")
        case 3: return byte == UInt8(ascii: "P")
        case 4: return byte == UInt8(ascii: "/")
        case 5: return byte == UInt8(ascii: "1")
        case 6: return byte == UInt8(ascii: ".")
        case 7:
            version = byte == UInt8(ascii: "1") ? .http11 : .http10
            return byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1")
        case 8: return byte == 0x20
        default:
            status = status * 10 + Int(byte &- 0x30)
            return ASCII.isDigit(byte)
        }
    }
}
