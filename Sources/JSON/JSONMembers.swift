// SPDX-License-Identifier: Apache-2.0
import Core

/// One member of an object.
public struct JSONMember: Sendable, Equatable {
    /// The name, a string slice with quotes.
    public let key: JSONSlice
    public let value: JSONSlice
}

/// Walks the members of an object without validating them; on malformed bytes it just ends.
///
/// For texts that `JSONScanner` passed, and for glances at what a provider sent: it never traps and
/// never reads beyond the span, but it accepts much that is no JSON.
public struct JSONMembers: ~Copyable, ~Escapable {
    private let bytes: Span<UInt8>
    private var position: Int
    /// True once the walk met something other than JSON, or the end of the bytes.
    public private(set) var isMalformed = false
    private var isFinished = false

    /// The members of an object that was found in these bytes; none of any other kind.
    @_lifetime(copy bytes)
    public init(of object: JSONSlice, in bytes: Span<UInt8>) {
        self.bytes = bytes
        position = object.range.lowerBound + 1
        isFinished = object.kind != .object
    }

    /// The members of the object that these bytes are.
    @_lifetime(copy bytes)
    public init(in bytes: Span<UInt8>) {
        self.bytes = bytes
        position = bytes.indexAfterBlanks(from: 0)
        let isObject = position < bytes.count && bytes[position] == UInt8(ascii: "{")
        position &+= 1
        isMalformed = !isObject
        isFinished = !isObject
    }

    /// The next member, or nil at the object's end.
    public mutating func next() -> JSONMember? {
        guard !isFinished else { return nil }
        var index = bytes.indexAfterBlanks(from: position)
        if index < bytes.count, bytes[index] == UInt8(ascii: ",") {
            index = bytes.indexAfterBlanks(from: index &+ 1)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            isFinished = true
            return nil
        }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\""),
            let key = bytes.trustedValue(at: index)
        else { return malformed() }
        index = bytes.indexAfterBlanks(from: key.range.upperBound)
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return malformed() }
        index = bytes.indexAfterBlanks(from: index &+ 1)
        guard let value = bytes.trustedValue(at: index) else { return malformed() }
        position = value.range.upperBound
        return JSONMember(key: key, value: value)
    }

    private mutating func malformed() -> JSONMember? {
        isFinished = true
        isMalformed = true
        return nil
    }
}

/// Walks the elements of an array without validating them; on malformed bytes it just ends.
public struct JSONElements: ~Copyable, ~Escapable {
    private let bytes: Span<UInt8>
    private var position: Int
    private var isFinished: Bool

    /// The elements of an array that was found in these bytes; none of any other kind.
    @_lifetime(copy bytes)
    public init(of array: JSONSlice, in bytes: Span<UInt8>) {
        self.bytes = bytes
        position = array.range.lowerBound + 1
        isFinished = array.kind != .array
    }

    /// The next element, or nil at the array's end.
    public mutating func next() -> JSONSlice? {
        guard !isFinished else { return nil }
        var index = bytes.indexAfterBlanks(from: position)
        if index < bytes.count, bytes[index] == UInt8(ascii: ",") {
            index = bytes.indexAfterBlanks(from: index &+ 1)
        }
        guard let value = bytes.trustedValue(at: index) else {
            isFinished = true
            return nil
        }
        position = value.range.upperBound
        return value
    }
}

extension Span where Element == UInt8 {
    /// The value that starts here, its inside unchecked; nil if none does or it is cut.
    func trustedValue(at start: Int) -> JSONSlice? {
        guard start < count, let kind = JSONKind(firstByte: self[start]) else { return nil }
        switch kind {
        case .string: return trustedString(at: start)
        case .object, .array:
            guard let end = endOfTrustedContainer(at: start) else { return nil }
            return JSONSlice(kind: kind, range: start..<end)
        case .number, .bool, .null:
            var end = start &+ 1
            while end < count, self[end] > 0x20, self[end] != UInt8(ascii: ","),
                self[end] | 0x20 != UInt8(ascii: "}")
            {
                end &+= 1
            }
            return JSONSlice(kind: kind, range: start..<end)
        }
    }

    @inline(__always)
    private func trustedString(at start: Int) -> JSONSlice? {
        var index = indexOfQuoteOrBackslash(from: start &+ 1)
        var hasEscapes = false
        while index < count, self[index] == UInt8(ascii: "\\") {
            hasEscapes = true
            index = indexOfQuoteOrBackslash(from: index &+ 2)
        }
        guard index < count else { return nil }
        return JSONSlice(kind: .string, range: start..<index &+ 1, hasEscapes: hasEscapes)
    }

    private func endOfTrustedContainer(at start: Int) -> Int? {
        var skip = ContainerSkip()
        var index = start
        while index &+ 16 <= count {
            let block = block(at: index)
            // Setting bit 5 makes square brackets curly ones.
            let folded = block | SIMD16(repeating: 0x20)
            let marks =
                block.lanesEqual(to: 0x22) | block.lanesEqual(to: 0x5C)
                | folded.lanesEqual(to: 0x7B) | folded.lanesEqual(to: 0x7D)
            let words = marks.markWords
            for half in 0..<2 {
                var word = words[half]
                while word != 0 {
                    let place = index &+ half &* 8 &+ word.trailingZeroBitCount >> 3
                    word &= word &- 1
                    if skip.ends(with: self[place], at: place) { return place &+ 1 }
                }
            }
            index &+= 16
        }
        while index < count {
            if skip.ends(with: self[index], at: index) { return index &+ 1 }
            index &+= 1
        }
        return nil
    }
}

/// Where a walk over quotes, backslashes and brackets stands.
private struct ContainerSkip {
    private var depth = 0
    private var isInString = false
    /// The byte behind the last escaped one.
    private var unescaped = 0

    /// Takes the next byte of these kinds, or any other; true if it closes the outermost bracket.
    @inline(__always)
    mutating func ends(with byte: UInt8, at place: Int) -> Bool {
        if isInString {
            guard place >= unescaped else { return false }
            if byte == UInt8(ascii: "\"") { isInString = false }
            if byte == UInt8(ascii: "\\") { unescaped = place &+ 2 }
            return false
        }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth &+= 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth &-= 1
            return depth == 0
        default: break
        }
        return false
    }
}
