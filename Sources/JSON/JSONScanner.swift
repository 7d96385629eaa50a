// SPDX-License-Identifier: Apache-2.0
import Core

/// Walks one JSON text (RFC 8259) in a single pass, validating every byte that it passes.
///
/// The caller pulls: `enterObject` and `nextKey`, `enterArray` and `nextElement`, and for each
/// value either enters it or takes it whole by `value`, which validates what it skips. `finish` at
/// the end makes the verdict complete. There is no recursion and usually no allocation.
public struct JSONScanner: ~Copyable, ~Escapable {
    /// Deepest nesting accepted. Real requests stay under 20 (schemas); each level costs two bits
    /// and one frame, and a limit keeps hostile texts from costing readers behind us their stack.
    public static var depthLimit: Int { 128 }

    let bytes: Span<UInt8>
    /// Where the scan stands.
    public internal(set) var position: Int
    private var depth = 0
    /// The kinds of the open containers, innermost in the lowest bit, set for an object.
    private var kinds: UInt128 = 0
    /// True just after an opening bracket, where no comma is wanted.
    private var isFirst = true
    var names = NameStack()

    /// Starts at the root value; a text of 4 GiB or more is the caller's mistake.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) {
        precondition(bytes.count <= Int(UInt32.max))
        self.bytes = bytes
        position = 0
    }

    /// Validates a whole text and returns its root value.
    public static func validate(_ bytes: Span<UInt8>) throws(JSONFault) -> JSONSlice {
        var scanner = JSONScanner(bytes)
        let root = try scanner.value()
        try scanner.finish()
        return root
    }

    /// Checks that only blanks follow; to be called after the root value.
    public mutating func finish() throws(JSONFault) {
        precondition(depth == 0, "finish inside a container")
        position = bytes.indexAfterBlanks(from: position)
        if position < bytes.count { throw fault(.trailingBytes, at: position) }
    }

    /// The kind of the value that comes next, judged by its first byte.
    public mutating func peekKind() throws(JSONFault) -> JSONKind {
        position = bytes.indexAfterBlanks(from: position)
        guard position < bytes.count else { throw endFault() }
        guard let kind = JSONKind(firstByte: bytes[position]) else { throw startFault() }
        return kind
    }

    /// Validates the next value whole and returns it.
    public mutating func value() throws(JSONFault) -> JSONSlice {
        position = bytes.indexAfterBlanks(from: position)
        let start = position
        // Most values are strings.
        if start < bytes.count, bytes[start] == UInt8(ascii: "\"") { return try scalar(.string) }
        let kind = try peekKind()
        guard kind == .object || kind == .array else { return try scalar(kind) }
        let floor = depth
        try open(isObject: kind == .object)
        try skip(to: floor)
        return JSONSlice(kind: kind, range: start..<position)
    }

    /// Skips the rest of the containers that were opened above `floor`.
    private mutating func skip(to floor: Int) throws(JSONFault) {
        while depth > floor {
            if isInObject {
                guard try nextName() >= 0 else { continue }
            } else {
                guard try nextElement() else { continue }
            }
            let kind = try peekKind()
            switch kind {
            case .object: try open(isObject: true)
            case .array: try open(isObject: false)
            default: _ = try scalar(kind)
            }
        }
    }

    /// Goes into the object that comes next, if it is one.
    public mutating func enterObject() throws(JSONFault) -> Bool {
        guard try peekKind() == .object else { return false }
        try open(isObject: true)
        return true
    }

    /// Goes into the array that comes next, if it is one.
    public mutating func enterArray() throws(JSONFault) -> Bool {
        guard try peekKind() == .array else { return false }
        try open(isObject: false)
        return true
    }

    /// The next member's name, with the scan before its value; nil behind the closing bracket.
    public mutating func nextKey() throws(JSONFault) -> JSONSlice? {
        precondition(isInObject, "nextKey outside an object")
        let start = try nextName()
        guard start >= 0 else { return nil }
        return JSONSlice(
            kind: .string, range: start..<nameEnd, hasEscapes: nameHasEscapes)
    }

    /// Whether another element comes; false behind the closing bracket.
    public mutating func nextElement() throws(JSONFault) -> Bool {
        precondition(depth > 0 && !isInObject, "nextElement outside an array")
        guard try !closes(UInt8(ascii: "]")) else { return false }
        return true
    }

    var nameEnd = 0
    var nameHasEscapes = false

    private var isInObject: Bool { kinds & 1 == 1 }

    /// Passes a name and its colon; returns where the name starts, or -1 at the object's end.
    @inline(__always)
    private mutating func nextName() throws(JSONFault) -> Int {
        guard try !closes(UInt8(ascii: "}")) else { return -1 }
        let start = position
        guard start < bytes.count else { throw endFault() }
        guard bytes[start] == UInt8(ascii: "\"") else { throw fault(.expectedKey, at: start) }
        nameHasEscapes = try passString()
        nameEnd = position
        try note(name: start..<nameEnd)
        position = bytes.indexAfterBlanks(from: position)
        guard position < bytes.count else { throw endFault() }
        guard bytes[position] == UInt8(ascii: ":") else {
            throw fault(.expectedColon, at: position)
        }
        position &+= 1
        return start
    }

    /// Passes the comma before a next item, or the closing bracket; true for the latter.
    @inline(__always)
    private mutating func closes(_ bracket: UInt8) throws(JSONFault) -> Bool {
        position = bytes.indexAfterBlanks(from: position)
        guard position < bytes.count else { throw endFault() }
        let byte = bytes[position]
        if byte == bracket {
            position &+= 1
            try close()
            return true
        }
        if isFirst {
            isFirst = false
            return false
        }
        guard byte == UInt8(ascii: ",") else { throw fault(.expectedComma, at: position) }
        position = bytes.indexAfterBlanks(from: position &+ 1)
        return false
    }

    @inline(__always)
    private mutating func open(isObject: Bool) throws(JSONFault) {
        guard depth < Self.depthLimit else { throw fault(.tooDeep, at: position) }
        depth &+= 1
        kinds = kinds << 1 | (isObject ? 1 : 0)
        if isObject { names.open() }
        isFirst = true
        position &+= 1
    }

    @inline(__always)
    private mutating func close() throws(JSONFault) {
        if isInObject {
            if names.isCrowded, let offset = names.repeatedName(in: bytes) {
                throw fault(.duplicateKey, at: offset)
            }
            names.close()
        }
        depth &-= 1
        kinds >>= 1
        isFirst = false
    }

    @inline(__always)
    private mutating func note(name: Range<Int>) throws(JSONFault) {
        let content = name.lowerBound &+ 1..<name.upperBound &- 1
        let hash = NameStack.hash(content, in: bytes, hasEscapes: nameHasEscapes)
        if names.insert(hash: hash, start: content.lowerBound, in: bytes) {
            throw fault(.duplicateKey, at: name.lowerBound)
        }
    }

    func endFault() -> JSONFault {
        fault(
            bytes.indexAfterBlanks(from: 0) == bytes.count ? .empty : .unexpectedEnd,
            at: bytes.count)
    }

    private func startFault() -> JSONFault {
        let isMark =
            position == 0 && bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB
            && bytes[2] == 0xBF
        return fault(isMark ? .byteOrderMark : .expectedValue, at: position)
    }

    @inline(never)
    func fault(_ kind: JSONFault.Kind, at offset: Int) -> JSONFault {
        JSONFault(offset: offset, kind: kind, path: JSONPath.locate(offset, in: bytes))
    }
}
