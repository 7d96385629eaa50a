// SPDX-License-Identifier: Apache-2.0
import Core

/// Scans field lines through the empty line that ends them, resuming where the bytes ran out.
///
/// It is always given all bytes since the start of the head, and never looks at one twice but for
/// the current state's first one.
struct FieldScanner {
    enum Step { case needMore, done, failure(HTTPFault) }

    /// Fields that the table holds before it must grow; most heads stay below.
    private static let firstCapacity = 24

    /// line → name → padding → value → line; line → (done).
    private enum Phase { case line, name, padding, value }

    /// The next byte to look at; after `done` the first one behind the head.
    private(set) var position = 0
    private var phase = Phase.line
    private var name = 0..<0
    private var valueStart = 0

    /// Packed `FieldEntry` values, the first `count` of them valid; the array outlives heads.
    private(set) var entries: [UInt64] = []
    private(set) var count = 0
    /// Bits of `KnownField` values met at least once.
    private(set) var seen: UInt64 = 0
    /// Bits of `KnownField` values met more than once.
    private(set) var repeated: UInt64 = 0
    /// Bits of `FieldName.sketch`.
    private(set) var sketch: UInt64 = 0

    /// Starts over with the fields that begin at `position`.
    mutating func begin(at position: Int) {
        self.position = position
        phase = .line
        count = 0
        seen = 0
        repeated = 0
        sketch = 0
    }

    mutating func scan(_ bytes: Span<UInt8>, maxCount: Int) -> Step {
        // Out of `self` and back, so that each store needs no check for other owners.
        var table: [UInt64] = []
        swap(&table, &entries)
        defer { swap(&table, &entries) }
        while true {
            if table.count <= count {
                let more = max(Self.firstCapacity, table.count)
                table.append(contentsOf: repeatElement(0, count: more))
            }
            var room = table.mutableSpan
            if let step = scanLines(bytes, maxCount: maxCount, &room) { return step }
        }
    }

    /// Nil when the table is full.
    private mutating func scanLines(
        _ bytes: Span<UInt8>, maxCount: Int, _ table: inout MutableSpan<UInt64>
    ) -> Step? {
        while position < bytes.count {
            switch phase {
            case .line:
                if let step = startLine(bytes, maxCount: maxCount) { return step }
                fallthrough
            case .name:
                let end = ByteScan.tokenEnd(bytes, from: position)
                if let step = finishName(bytes, end: end) { return step }
                fallthrough
            case .padding:
                while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
                    position &+= 1
                }
                guard position < bytes.count else { return .needMore }
                valueStart = position
                phase = .value
                fallthrough
            case .value:
                position = ByteScan.valueEnd(bytes, from: position)
                guard position &+ 1 < bytes.count else {
                    return position < bytes.count ? unfinished(bytes[position]) : .needMore
                }
                guard bytes[position] == 0x0D, bytes[position &+ 1] == 0x0A else {
                    return .failure(Self.foreign(bytes[position], else: .invalidFieldValue))
                }
                table[count] = record(bytes).packed
                count &+= 1
                position &+= 2
                phase = .line
                if count == table.count { return nil }
            }
        }
        return .needMore
    }

    /// Nil when a field begins at `position`.
    @inline(__always)
    private mutating func startLine(_ bytes: Span<UInt8>, maxCount: Int) -> Step? {
        let byte = bytes[position]
        if byte == 0x0D {
            guard position &+ 1 < bytes.count else { return .needMore }
            guard bytes[position &+ 1] == 0x0A else { return .failure(.bareCarriageReturn) }
            position &+= 2
            return .done
        }
        // RFC 9112 section 5.2 lets a server refuse obsolete folding.
        if byte == 0x20 || byte == 0x09 { return .failure(.foldedField) }
        guard count < maxCount else { return .failure(.tooManyFields) }
        name = position..<position
        phase = .name
        return nil
    }

    /// Nil when the name is whole and its colon consumed.
    @inline(__always)
    private mutating func finishName(_ bytes: Span<UInt8>, end: Int) -> Step? {
        position = end
        let start = name.lowerBound
        guard end &- start <= 255 else { return .failure(.fieldNameTooLong) }
        guard end < bytes.count else { return .needMore }
        guard bytes[end] == UInt8(ascii: ":"), end > start else {
            if bytes[end] == 0x20 || bytes[end] == 0x09 { return .failure(.spaceBeforeColon) }
            return .failure(Self.foreign(bytes[end], else: .invalidFieldName))
        }
        name = start..<end
        position = end &+ 1
        phase = .padding
        return nil
    }

    /// A value that ends with the bytes given: only its carriage return may wait for more.
    private func unfinished(_ byte: UInt8) -> Step {
        byte == 0x0D ? .needMore : .failure(Self.foreign(byte, else: .invalidFieldValue))
    }

    @inline(__always)
    private mutating func record(_ bytes: Span<UInt8>) -> FieldEntry {
        var end = position
        while end > valueStart, bytes[end &- 1] == 0x20 || bytes[end &- 1] == 0x09 { end &-= 1 }
        let known = KnownField.recognise(bytes, name)
        if known != .other {
            repeated |= seen & known.bit
            seen |= known.bit
        }
        sketch |= FieldName.sketch(bytes, name)
        return FieldEntry(name: name, value: valueStart..<end, known: known)
    }

    static func foreign(_ byte: UInt8, else fault: HTTPFault) -> HTTPFault {
        switch byte {
        case 0x0D: .bareCarriageReturn
        case 0x0A: .bareLineFeed
        default: fault
        }
    }

    /// Drops every field for which `isDropped` holds; for trailers, which are rare.
    mutating func removeAll(where isDropped: (FieldEntry) -> Bool) {
        var kept = 0
        seen = 0
        for index in 0..<count {
            let entry = FieldEntry(packed: entries[index])
            guard !isDropped(entry) else { continue }
            entries[kept] = entry.packed
            seen |= (1 << UInt64(entry.knownRaw)) & ~KnownField.other.bit
            kept += 1
        }
        count = kept
    }
}
