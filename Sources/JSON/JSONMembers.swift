// SPDX-License-Identifier: Apache-2.0
import Core

/// One member of an object.
public struct JSONMember: Sendable, Equatable {
    /// The name, a string slice with quotes.
    public let key: JSONSlice
    public let value: JSONSlice

    public init(key: JSONSlice, value: JSONSlice) {
        self.key = key
        self.value = value
    }
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
        precondition(bytes.count <= Int(UInt32.max))
        self.bytes = bytes
        position = object.range.lowerBound + 1
        isFinished = object.kind != .object
    }

    /// The members of the object that these bytes are.
    @_lifetime(copy bytes)
    public init(in bytes: Span<UInt8>) {
        precondition(bytes.count <= Int(UInt32.max))
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
        guard index < bytes.count else { return malformed() }
        guard bytes[index] == UInt8(ascii: "\""), let key = bytes.trustedString(at: index) else {
            guard bytes[index] == UInt8(ascii: "}") else { return malformed() }
            isFinished = true
            return nil
        }
        index = bytes.indexAfterBlanks(from: key.end)
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { return malformed() }
        index = bytes.indexAfterBlanks(from: index &+ 1)
        guard let value = bytes.trustedValue(at: index) else { return malformed() }
        position = value.end
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
        precondition(bytes.count <= Int(UInt32.max))
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
        position = value.end
        return value
    }
}

extension Span where Element == UInt8 {
    /// The value that starts here, its inside unchecked; nil if none does or it is cut.
    func trustedValue(at start: Int) -> JSONSlice? {
        guard start < count else { return nil }
        if self[start] == UInt8(ascii: "\"") { return trustedString(at: start) }
        guard let kind = JSONKind(firstByte: self[start]) else { return nil }
        switch kind {
        case .string: return trustedString(at: start)
        case .object, .array:
            guard let end = endOfTrustedContainer(at: start) else { return nil }
            return JSONSlice(kind, from: start, to: end)
        case .number, .bool, .null:
            var end = start &+ 1
            while end < count, self[end] > 0x20, self[end] != UInt8(ascii: ","),
                self[end] | 0x20 != UInt8(ascii: "}")
            {
                end &+= 1
            }
            return JSONSlice(kind, from: start, to: end)
        }
    }

    @inline(__always)
    func trustedString(at start: Int) -> JSONSlice? {
        var index = indexOfQuoteOrBackslash(from: start &+ 1)
        var hasEscapes = false
        while index < count, self[index] == UInt8(ascii: "\\") {
            hasEscapes = true
            index = indexOfQuoteOrBackslash(from: index &+ 2)
        }
        guard index < count else { return nil }
        return JSONSlice(.string, from: start, to: index &+ 1, hasEscapes: hasEscapes)
    }

    /// The end of the container that starts here: strings are passed in strides, where nearly all
    /// bytes are, and what lies between them byte by byte.
    private func endOfTrustedContainer(at start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < count {
            let byte = self[index]
            index &+= 1
            if byte == UInt8(ascii: "\"") {
                index = endOfTrustedString(from: index)
            } else if byte | 0x20 == UInt8(ascii: "{") {  // Setting bit 5 makes brackets curly.
                depth &+= 1
            } else if byte | 0x20 == UInt8(ascii: "}") {
                depth &-= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    /// Where the innermost container that is still open at the end of the bytes starts.
    var startOfOpenContainer: Int? {
        var starts: [Int] = []
        var index = 0
        while index < count {
            let byte = self[index]
            index &+= 1
            if byte == UInt8(ascii: "\"") {
                index = endOfTrustedString(from: index)
            } else if byte | 0x20 == UInt8(ascii: "{") {
                starts.append(index &- 1)
            } else if byte | 0x20 == UInt8(ascii: "}") {
                _ = starts.popLast()
            }
        }
        return starts.last
    }

    /// Behind the closing quote of a string whose inside starts here, or the end of the bytes.
    @inline(__always)
    private func endOfTrustedString(from start: Int) -> Int {
        var index = indexOfQuoteOrBackslash(from: start)
        while index < count, self[index] == UInt8(ascii: "\\") {
            index = indexOfQuoteOrBackslash(from: index &+ 2)
        }
        return Swift.min(index &+ 1, count)
    }
}
