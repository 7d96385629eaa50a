// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Reads one `usage` value out of an answer in a single pass, without slices for its members.
///
/// The answer is the provider's and is not validated here; what looks wrong ends the reading.
struct UsageReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var index: Int
    private var usage = Usage()

    private enum Part { case counts, inputDetails, outputDetails, other }

    /// Begins behind the key, before its colon.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, from start: Int) {
        self.bytes = bytes
        index = start
    }

    /// Reads the colon and the object; nil if it is none or is cut.
    mutating func readValue() -> Usage? {
        guard skipBlanks() == UInt8(ascii: ":") else { return nil }
        index += 1
        guard skipBlanks() == UInt8(ascii: "{") else { return nil }
        index += 1
        return readMembers() ? usage : nil
    }

    /// Whether what follows closes exactly one more object, that around the value.
    mutating func closesTopLevel() -> Bool {
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            index += 1
        }
        return depth == -1
    }

    /// Reads up to the closing brace; false if it never comes.
    private mutating func readMembers() -> Bool {
        var depth = 1
        var part = Part.counts
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let name = index + 1
                skipString()
                let nameEnd = index
                index += 1
                guard nameEnd < bytes.count, skipBlanks() == UInt8(ascii: ":") else { continue }
                index += 1
                readMember(bytes.extracting(name..<nameEnd), depth: depth, &part)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 1 { part = .counts }
            default: break
            }
            index += 1
            if depth == 0 { return true }
        }
        return false
    }

    private mutating func readMember(_ name: Span<UInt8>, depth: Int, _ part: inout Part) {
        let first = skipBlanks()
        if first == UInt8(ascii: "{") {
            part = depth == 1 ? Self.part(name) : .other
        } else if first == UInt8(ascii: "\"") {
            skipString()
            index += 1
        } else if ASCII.isDigit(first), let count = readCount() {
            switch part {
            case .counts: usage.set(name, count)
            case .inputDetails: usage.setDetail(name, count, isInput: true)
            case .outputDetails: usage.setDetail(name, count, isInput: false)
            case .other: break
            }
        }
    }

    private static func part(_ name: Span<UInt8>) -> Part {
        if name.equals("prompt_tokens_details") || name.equals("input_tokens_details") {
            return .inputDetails
        }
        return name.equals("completion_tokens_details") || name.equals("output_tokens_details")
            ? .outputDetails : .other
    }

    /// A whole number; nil, and the index behind it, when it has a fraction or is no `Int`.
    private mutating func readCount() -> Int? {
        let start = index
        while index < bytes.count, ASCII.isDigit(bytes[index]) { index += 1 }
        let count = bytes.extracting(start..<index).decimal
        guard index < bytes.count else { return count }
        switch bytes[index] {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return nil
        default: return count
        }
    }

    /// Moves to the next byte that is no blank and gives it; 0 at the end.
    private mutating func skipBlanks() -> UInt8 {
        while index < bytes.count {
            let byte = bytes[index]
            if byte > 0x20 { return byte }
            index += 1
        }
        return 0
    }

    /// Moves from an opening quote to the closing one, or to the end.
    private mutating func skipString() {
        index = bytes.indexOfQuoteOrBackslash(from: index + 1)
        while index < bytes.count, bytes[index] == UInt8(ascii: "\\") {
            index = bytes.indexOfQuoteOrBackslash(from: index + 2)
        }
    }
}
