// SPDX-License-Identifier: Apache-2.0
import Core

/// Finds where events of an event stream end, at whatever bytes the stream is cut.
///
/// An event ends behind an empty line; a line ends with LF, CR or CRLF (WHATWG HTML §9.2.5).
struct EventBoundary {
    private var lineIsEmpty = true
    /// True when the last byte seen was a CR, so that an LF next belongs to it.
    private(set) var isAfterCarriageReturn = false

    /// The index behind the current event's end, or nil if it goes on beyond the input.
    @inline(__always)
    mutating func end(in input: Span<UInt8>, from start: Int) -> Int? {
        var index = skipLineFeed(in: input, at: start)
        while true {
            let lineBreak = input.indexOfLineBreak(from: index)
            if lineBreak > index { lineIsEmpty = false }
            guard lineBreak < input.count else { return nil }
            isAfterCarriageReturn = input[lineBreak] == UInt8(ascii: "\r")
            index = skipLineFeed(in: input, at: lineBreak &+ 1)
            if lineIsEmpty { return index }
            lineIsEmpty = true
        }
    }

    /// Passes the LF of a CRLF whose CR was the last byte seen.
    @inline(__always)
    mutating func skipLineFeed(in input: Span<UInt8>, at index: Int) -> Int {
        guard isAfterCarriageReturn, index < input.count else { return index }
        isAfterCarriageReturn = false
        return input[index] == UInt8(ascii: "\n") ? index &+ 1 : index
    }
}
