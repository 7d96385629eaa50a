// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Reads the usage of a whole answer as it passes, keeping no more than its last bytes.
///
/// Providers put `usage` at or near the end. In JSON the bytes `"usage"` followed by a colon can
/// only be a key (inside a string the quotes would be escaped), so the last such key whose
/// surroundings close exactly one object is the top-level one; nothing before it has to be read.
public struct AnswerTail: ~Copyable {
    /// Bytes kept. More would find a usage that stands further from the end.
    public static let keptBytes = 16 * 1024

    private var kept = ByteWriter()

    public init() {}

    /// Takes the next piece of the body.
    public mutating func observe(_ bytes: Span<UInt8>) {
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
    public mutating func finish() -> Usage? {
        let bytes = kept.finish()
        return Self.usage(in: bytes.span)
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
            let isFull = high - low == 16
            if !isFull || bytes.block(at: low).lanesEqual(to: UInt8(ascii: "g")).hasMarkedLane {
                for letter in (low..<high).reversed() where isKey(bytes, letterAt: letter) {
                    return letter - 4
                }
            }
            high = low
        }
        return nil
    }

    private static func isKey(_ bytes: Span<UInt8>, letterAt letter: Int) -> Bool {
        bytes[letter] == UInt8(ascii: "g")
            && bytes.extracting(letter - 4..<letter + 3).equals("\"usage\"")
            && (letter == 4 || bytes[letter - 5] != UInt8(ascii: "\\"))
    }
}
