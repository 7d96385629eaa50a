// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Reads one `usage` value out of an answer in a single pass, without slices for its members.
///
/// The answer is the provider's and is not validated here; what looks wrong ends the reading.
/// Each whole answer passes here, so the position stays in a register: the functions take it and
/// give it back.
enum UsageReader {
    private enum Part { case counts, inputDetails, outputDetails, other }

    /// Reads the value behind the key that ends at `start`, if it is an object and what follows
    /// closes exactly one more object, that around it.
    static func read(_ bytes: Span<UInt8>, after start: Int) -> Usage? {
        var index = skipBlanks(bytes, start)
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return nil }
        index = skipBlanks(bytes, index + 1)
        guard index < bytes.count, bytes[index] == UInt8(ascii: "{") else { return nil }
        var usage = Usage()
        guard let end = readMembers(bytes, index + 1, into: &usage), closesTopLevel(bytes, end)
        else { return nil }
        return usage
    }

    private static func closesTopLevel(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): index = endOfString(bytes, index)
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth &-= 1
            default: break
            }
            index &+= 1
        }
        return depth == -1
    }

    /// Reads up to the closing brace and returns the position behind it; nil if it never comes.
    private static func readMembers(
        _ bytes: Span<UInt8>, _ start: Int, into usage: inout Usage
    ) -> Int? {
        var index = start
        var depth = 1
        var part = Part.counts
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let name = index &+ 1..<endOfString(bytes, index)
                index = skipBlanks(bytes, name.upperBound &+ 1)
                guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { continue }
                index = skipBlanks(bytes, index &+ 1)
                guard index < bytes.count else { return nil }
                if bytes[index] == UInt8(ascii: "{") {
                    part = depth == 1 ? Self.part(bytes.extracting(name)) : .other
                } else if bytes[index] == UInt8(ascii: "\"") {
                    index = endOfString(bytes, index) &+ 1
                } else {
                    index = readCount(bytes, index, name, part, into: &usage)
                }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth &-= 1
                if depth == 1 { part = .counts }
            default: break
            }
            index &+= 1
            if depth == 0 { return index }
        }
        return nil
    }

    private static func part(_ name: Span<UInt8>) -> Part {
        if name.equals("prompt_tokens_details") || name.equals("input_tokens_details") {
            return .inputDetails
        }
        return name.equals("completion_tokens_details") || name.equals("output_tokens_details")
            ? .outputDetails : .other
    }

    /// Takes a whole number for its member; returns the position behind the digits.
    ///
    /// A number with a fraction, or one that no `Int` holds, is no count.
    private static func readCount(
        _ bytes: Span<UInt8>, _ start: Int, _ name: Range<Int>, _ part: Part,
        into usage: inout Usage
    ) -> Int {
        var index = start
        var count = 0
        while index < bytes.count, ASCII.isDigit(bytes[index]), index &- start < 18 {
            count = count &* 10 &+ Int(bytes[index] &- 0x30)
            index &+= 1
        }
        guard index > start, index < bytes.count else { return index }
        switch bytes[index] {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), 0x30...0x39: return index
        default: break
        }
        switch part {
        case .counts: usage.set(bytes.extracting(name), count)
        case .inputDetails: usage.setDetail(bytes.extracting(name), count, isInput: true)
        case .outputDetails: usage.setDetail(bytes.extracting(name), count, isInput: false)
        case .other: break
        }
        return index
    }

    @inline(__always)
    private static func skipBlanks(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] <= 0x20 { index &+= 1 }
        return index
    }

    /// The position of the quote that closes the string opened at `start`, or the end.
    @inline(__always)
    private static func endOfString(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var index = bytes.indexOfQuoteOrBackslash(from: start &+ 1)
        while index < bytes.count, bytes[index] == UInt8(ascii: "\\") {
            index = bytes.indexOfQuoteOrBackslash(from: index &+ 2)
        }
        return index
    }
}
