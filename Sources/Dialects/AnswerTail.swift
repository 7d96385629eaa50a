// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// Reads the usage of a whole answer as it passes, keeping no more than its last bytes.
///
/// Providers put `usage` at or near the end. In JSON the bytes `"usage"` followed by a colon can
/// only be a key (inside a string the quotes would be escaped), so the last such key whose
/// surroundings close exactly one object is the top-level one; nothing before it has to be read.
public struct AnswerTail: ~Copyable {
    /// Bytes kept. More would find a usage that stands further from the end.
    public static let keptBytes = 16 * 1024

    private var kept = ByteWriter()
    /// How many bytes came.
    public private(set) var byteCount = 0
    /// The whole body, if it was short and told no usage.
    public private(set) var unread: Bytes?

    public init() {}

    /// Takes the next piece of the body.
    public mutating func observe(_ bytes: Span<UInt8>) {
        byteCount += bytes.count
        let surplus = kept.count + bytes.count - Self.keptBytes
        guard surplus > 0 else { return kept.append(bytes) }
        if bytes.count >= Self.keptBytes {
            kept.removeAll(keepingCapacity: true)
            kept.append(bytes.extracting(bytes.count - Self.keptBytes..<bytes.count))
        } else {
            kept.discardFirst(min(surplus, kept.count))
            kept.append(bytes)
        }
    }

    /// The body is complete: its usage, if there is one.
    public mutating func finish(_ format: WireFormat = .chatCompletions) -> Usage? {
        let bytes = kept.finish()
        let usage = Self.usage(in: bytes.span, format)
        if usage == nil, byteCount == bytes.count { unread = bytes }
        return usage
    }

    /// The usage of an answer that is here as a whole.
    public static func usage(in bytes: Span<UInt8>, _ format: WireFormat) -> Usage? {
        switch format {
        case .messages: counts(in: bytes, "\"usage\"", format)
        case .generateContent: counts(in: bytes, "\"usageMetadata\"", format)
        case .cohereChat:
            counts(in: bytes, "\"billed_units\"", format)
                ?? counts(in: bytes, "\"tokens\"", format)
        case .ollamaChat: ollamaCounts(in: bytes)
        default: usage(in: bytes)
        }
    }

    /// The last object of this name; the other formats have none inside their content.
    private static func counts(
        in bytes: Span<UInt8>, _ name: StaticString, _ format: WireFormat
    ) -> Usage? {
        var end = bytes.count
        while let start = lastPlace(of: name, in: bytes, before: end) {
            end = start
            let rest = bytes.extracting(start + name.utf8CodeUnitCount..<bytes.count)
            guard let brace = rest.firstIndex(of: UInt8(ascii: "{")) else { continue }
            var counts = TokenCounts()
            counts.read(
                JSONSlice(kind: .object, range: brace..<rest.count), in: rest, format: format)
            if let usage = counts.usage(of: format) { return usage }
        }
        return nil
    }

    /// Where a quoted name stands last that is not part of a string.
    private static func lastPlace(
        of name: StaticString, in bytes: Span<UInt8>, before end: Int
    ) -> Int? {
        let length = name.utf8CodeUnitCount
        var start = min(end, bytes.count) - length - 2
        while start >= 0 {
            if bytes[start] == UInt8(ascii: "\""),
                bytes.extracting(start..<start + length).equals(name),
                start == 0 || bytes[start - 1] != UInt8(ascii: "\\")
            {
                return start
            }
            start -= 1
        }
        return nil
    }

    /// The counts that stand beside the answer, or in the last line of a stream.
    private static func ollamaCounts(in bytes: Span<UInt8>) -> Usage? {
        let input = number("\"prompt_eval_count\"", in: bytes)
        let output = number("\"eval_count\"", in: bytes)
        // A prompt that was all in the cache is not counted.
        guard input != nil || output != nil else { return nil }
        return Usage(inputTokens: input ?? 0, outputTokens: output ?? 0)
    }

    private static func number(_ name: StaticString, in bytes: Span<UInt8>) -> Int? {
        guard let start = lastPlace(of: name, in: bytes, before: bytes.count) else { return nil }
        var position = start + name.utf8CodeUnitCount
        while position < bytes.count, bytes[position] <= 0x20 || bytes[position] == 0x3A {
            position += 1
        }
        var end = position
        while end < bytes.count, ASCII.isDigit(bytes[end]) { end += 1 }
        return bytes.extracting(position..<end).decimal
    }

    /// The usage of an answer of which all bytes, or the last ones, are here.
    public static func usage(in bytes: Span<UInt8>) -> Usage? {
        var end = bytes.count
        while let key = lastKey(in: bytes, before: end) {
            if let usage = UsageReader.read(bytes, after: key + 7) { return usage }
            end = key
        }
        return nil
    }

    /// Where the last `"usage"` before `end` begins that is not the end of a longer string.
    private static func lastKey(in bytes: Span<UInt8>, before end: Int) -> Int? {
        // Looked for by its rarest letter, the fifth byte, sixteen positions at a time.
        var high = end - 2
        while high > 4 {
            let low = max(high - 16, 4)
            if high - low == 16 {
                let marks = bytes.block(at: low).lanesEqual(to: UInt8(ascii: "g")).markWords
                if let letter = lastKeyLetter(in: bytes, marks[1], from: low + 8)
                    ?? lastKeyLetter(in: bytes, marks[0], from: low)
                {
                    return letter - 4
                }
            } else {
                for letter in (low..<high).reversed() where isKey(bytes, letterAt: letter) {
                    return letter - 4
                }
            }
            high = low
        }
        return nil
    }

    /// Looks at the marked ones of eight bytes, the last one first.
    @inline(__always)
    private static func lastKeyLetter(
        in bytes: Span<UInt8>, _ marks: UInt64, from start: Int
    ) -> Int? {
        var rest = marks
        while rest != 0 {
            let bit = 63 - rest.leadingZeroBitCount
            rest ^= 1 << UInt64(bit)
            let letter = start + bit >> 3
            if isKey(bytes, letterAt: letter) { return letter }
        }
        return nil
    }

    private static func isKey(_ bytes: Span<UInt8>, letterAt letter: Int) -> Bool {
        bytes[letter] == UInt8(ascii: "g")
            && bytes.extracting(letter - 4..<letter + 3).equals("\"usage\"")
            && (letter == 4 || bytes[letter - 5] != UInt8(ascii: "\\"))
    }
}
