// SPDX-License-Identifier: Apache-2.0
import Core

/// Reads the lines of one event, resuming where the bytes ran out.
///
/// It is always given all bytes since the start of the event. Positions are relative to them.
struct EventScanner {
    enum Step { case needMore, dispatch }

    /// The next byte to look at; after `dispatch` the first one behind the event.
    private(set) var position = 0
    private var lineStart = 0
    private(set) var name = 0..<0
    /// The value of the first data line.
    private(set) var data = 0..<0
    private(set) var dataLines = 0
    private(set) var id: Range<Int>?
    private(set) var retryMilliseconds: Int?
    /// Whether the last line ended in a carriage return whose line feed may still come.
    private(set) var mayOweLineFeed = false

    /// Starts the next event at `position`; a line feed still owed stays owed.
    mutating func begin(at position: Int) {
        self.position = position
        lineStart = position
        name = 0..<0
        data = 0..<0
        dataLines = 0
        id = nil
        retryMilliseconds = nil
    }

    /// More bytes came: whether the first one was the owed line feed is for the caller to see.
    mutating func settleLineFeed() { mayOweLineFeed = false }

    /// Makes all positions relative to `origin`, when the event moves to memory of its own.
    mutating func rebase(to origin: Int) {
        position -= origin
        lineStart -= origin
        // An empty range may still have the place it was found at, which must stay in bounds.
        name = name.isEmpty ? 0..<0 : name.lowerBound - origin..<name.upperBound - origin
        data = data.isEmpty ? 0..<0 : data.lowerBound - origin..<data.upperBound - origin
        id = id.map { $0.lowerBound - origin..<$0.upperBound - origin }
    }

    /// Reads lines until an empty one; the second data line and later ones go to `joined`.
    mutating func scan(_ bytes: Span<UInt8>, joined: inout ByteWriter) -> Step {
        while position < bytes.count {
            position = bytes.indexOfLineBreak(from: position)
            guard position < bytes.count else { return .needMore }
            let line = lineStart..<position
            endLine(bytes)
            if line.isEmpty { return .dispatch }
            onLine(bytes, line, &joined)
        }
        return .needMore
    }

    @inline(__always)
    private mutating func endLine(_ bytes: Span<UInt8>) {
        let isReturn = bytes[position] == 0x0D
        position += 1
        if isReturn {
            if position < bytes.count {
                if bytes[position] == 0x0A { position += 1 }
            } else {
                mayOweLineFeed = true
            }
        }
        lineStart = position
    }

    private mutating func onLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ joined: inout ByteWriter
    ) {
        switch bytes[line.lowerBound] {
        case UInt8(ascii: "d"):
            if let value = value(of: "data", bytes, line) { onData(bytes, value, &joined) }
        case UInt8(ascii: "e"):
            if let value = value(of: "event", bytes, line) { name = value }
        case UInt8(ascii: "i"):
            // An id with a NUL in it is ignored.
            if let value = value(of: "id", bytes, line),
                bytes.extracting(value).firstIndex(of: 0) == nil
            {
                id = value
            }
        case UInt8(ascii: "r"):
            if let value = value(of: "retry", bytes, line) {
                retryMilliseconds = bytes.extracting(value).decimal ?? retryMilliseconds
            }
        default:
            break  // A comment, or a field the standard tells us to ignore.
        }
    }

    private mutating func onData(
        _ bytes: Span<UInt8>, _ value: Range<Int>, _ joined: inout ByteWriter
    ) {
        dataLines += 1
        if dataLines == 1 {
            data = value
            return
        }
        if dataLines == 2 {
            joined.removeAll(keepingCapacity: true)
            joined.append(bytes.extracting(data))
        }
        joined.append(UInt8(ascii: "\n"))
        joined.append(bytes.extracting(value))
    }

    /// The value behind `name` and its colon, without one leading space; nil for other fields.
    private func value(
        of name: StaticString, _ bytes: Span<UInt8>, _ line: Range<Int>
    ) -> Range<Int>? {
        guard bytes.extracting(line).hasPrefix(name) else { return nil }
        let colon = line.lowerBound + name.utf8CodeUnitCount
        // A line without a colon is a field with an empty value.
        guard colon < line.upperBound else { return colon..<colon }
        guard bytes[colon] == UInt8(ascii: ":") else { return nil }
        let start = colon + 1
        let hasBlank = start < line.upperBound && bytes[start] == 0x20
        return (hasBlank ? start + 1 : start)..<line.upperBound
    }
}
