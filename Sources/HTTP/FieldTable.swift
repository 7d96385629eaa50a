// SPDX-License-Identifier: Apache-2.0
public import Core

/// The fields of one head: its bytes and, behind them in the same block, eight bytes per field.
public struct FieldTable: Sendable {
    /// The head, then the packed entries.
    private let block: Bytes
    private let headCount: UInt32
    private let fieldCount: UInt16
    /// Bits of `KnownField` values present.
    let seen: UInt64
    private let sketch: UInt64
    private(set) var options = ConnectionOptions()

    /// A table without fields.
    public init() {
        block = Bytes()
        headCount = 0
        fieldCount = 0
        seen = 0
        sketch = 0
    }

    /// Copies the head and the entries found in it into one block.
    init(head: Span<UInt8>, scanner: borrowing FieldScanner) {
        let tableBytes = scanner.count * 8
        var writer = ByteWriter(capacity: head.count + tableBytes)
        writer.append(head)
        unsafe writer.appendUnsafe(atLeast: tableBytes) { room in
            unsafe scanner.entries.withUnsafeBytes { entries in
                unsafe room.copyMemory(from: .init(rebasing: entries.prefix(tableBytes)))
            }
            return tableBytes
        }
        block = writer.finish()
        headCount = UInt32(head.count)
        fieldCount = UInt16(scanner.count)
        seen = scanner.seen
        sketch = scanner.sketch
        if contains(.connection) { options = ConnectionOptions(self) }
    }

    /// How many field lines there are.
    public var count: Int { Int(fieldCount) }

    /// The head as received, start line and final empty line included.
    public var head: Bytes { block[0..<Int(headCount)] }

    /// The head as received, borrowed.
    public var headSpan: Span<UInt8> {
        @_lifetime(borrow self)
        get { block.span.extracting(0..<Int(headCount)) }
    }

    func slice(_ range: Range<Int>) -> Bytes { block[range] }

    func entry(_ index: Int) -> FieldEntry {
        precondition(index >= 0 && index < count, "no such field")
        // Every bit pattern is a UInt64, and the load checks its bounds.
        return unsafe FieldEntry(
            packed: block.span.bytes.unsafeLoadUnaligned(
                fromByteOffset: Int(headCount) + index * 8, as: UInt64.self))
    }
}

// MARK: - By position

extension FieldTable {
    public func name(at index: Int) -> Bytes { block[entry(index).name] }

    /// The value without surrounding white space; possibly empty.
    public func value(at index: Int) -> Bytes { block[entry(index).value] }

    /// The name as sent, borrowed.
    @_lifetime(borrow self)
    public func nameSpan(at index: Int) -> Span<UInt8> {
        block.span.extracting(entry(index).name)
    }

    /// The value without surrounding white space, borrowed.
    @_lifetime(borrow self)
    public func valueSpan(at index: Int) -> Span<UInt8> {
        block.span.extracting(entry(index).value)
    }

    /// Which known field this is; `other` for all the rest.
    public func known(at index: Int) -> KnownField {
        KnownField(rawValue: entry(index).knownRaw) ?? .other
    }
}

// MARK: - By name

extension FieldTable {
    /// The position of the first known field of this kind at or after `from`.
    public func firstIndex(of field: KnownField, from: Int = 0) -> Int? {
        guard seen & field.bit != 0 else { return nil }
        let table = block.span
        // The kind is the last of an entry's eight bytes.
        var offset = Int(headCount) + from * 8 + 7
        while offset < table.count {
            if table[offset] == field.rawValue { return (offset - Int(headCount)) >> 3 }
            offset += 8
        }
        return nil
    }

    /// The position of the first field of this lower-case name at or after `from`.
    public func firstIndex(of name: StaticString, from: Int = 0) -> Int? {
        guard sketch & FieldName.sketch(name) != 0 else { return nil }
        var index = from
        while index < count {
            if FieldName.matches(block.span, entry(index).name, name) { return index }
            index += 1
        }
        return nil
    }

    public func contains(_ field: KnownField) -> Bool { seen & field.bit != 0 }

    /// The first value of a known field.
    public subscript(field: KnownField) -> Bytes? {
        firstIndex(of: field).map { value(at: $0) }
    }

    /// The first value of the field with this lower-case name.
    public subscript(name: StaticString) -> Bytes? {
        firstIndex(of: name).map { value(at: $0) }
    }

    /// All values of the field with this lower-case name, in order.
    public func values(of name: StaticString) -> [Bytes] {
        var found: [Bytes] = []
        var next = firstIndex(of: name)
        while let index = next {
            found.append(value(at: index))
            next = firstIndex(of: name, from: index + 1)
        }
        return found
    }
}
