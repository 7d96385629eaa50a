// SPDX-License-Identifier: Apache-2.0
public import Core

/// Where a request stands in a distributed trace (W3C Trace Context, levels 1 and 2).
public struct TraceContext: Sendable, Equatable {
    /// The trace's 128 bits, never all zero.
    public let traceHigh: UInt64
    public let traceLow: UInt64
    /// The span that calls, never zero.
    public let span: UInt64
    public let flags: UInt8
    /// The `tracestate` of the caller, passed on as it came.
    public let state: Bytes?

    private init(_ traceHigh: UInt64, _ traceLow: UInt64, span: UInt64, flags: UInt8, state: Bytes?)
    {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.span = span
        self.flags = flags
        self.state = state
    }

    /// Reads the caller's fields; nil when `traceparent` is invalid, which voids `tracestate`.
    public init?(traceparent: Bytes, tracestate: Bytes? = nil) {
        let text = traceparent.span
        guard Self.hasShape(text), let version = Self.hex(text, 0..<2), version != 0xFF,
            version == 0 ? text.count == 55 : text.count == 55 || text[55] == UInt8(ascii: "-"),
            let high = Self.hex(text, 3..<19), let low = Self.hex(text, 19..<35),
            let span = Self.hex(text, 36..<52), let flags = Self.hex(text, 53..<55),
            high | low != 0, span != 0
        else { return nil }
        // Of a later version only the two flags known here mean the same.
        let known = UInt8(truncatingIfNeeded: flags) & 0x03
        self.init(high, low, span: span, flags: known, state: tracestate.flatMap(Self.carried))
    }

    /// The start of a trace of our own.
    public static func root(random: inout SeededGenerator, isSampled: Bool) -> TraceContext {
        // Flag 2: the identifier is random (level 2).
        TraceContext(
            random.next(), random.nextNonzero(), span: random.nextNonzero(),
            flags: isSampled ? 3 : 2, state: nil)
    }

    /// The same trace with a new span: what goes to the upstream.
    public func child(random: inout SeededGenerator) -> TraceContext {
        TraceContext(
            traceHigh, traceLow, span: random.nextNonzero(), flags: flags, state: state)
    }

    public var isSampled: Bool { flags & 1 == 1 }

    /// Appends the value of a `traceparent` field, always of version 00.
    public func append(to writer: inout ByteWriter) {
        writer.append("00-")
        appendTraceID(to: &writer)
        writer.append(UInt8(ascii: "-"))
        writer.append(hex: span, width: 16)
        writer.append(UInt8(ascii: "-"))
        writer.append(hex: UInt64(flags), width: 2)
    }

    /// Appends the 32 digits of the trace.
    public func appendTraceID(to writer: inout ByteWriter) {
        writer.append(hex: traceHigh, width: 16)
        writer.append(hex: traceLow, width: 16)
    }

    private static func hasShape(_ text: Span<UInt8>) -> Bool {
        let dash = UInt8(ascii: "-")
        return text.count >= 55 && text[2] == dash && text[35] == dash && text[52] == dash
    }

    /// Lower-case digits only, as the specification demands.
    private static func hex(_ text: Span<UInt8>, _ range: Range<Int>) -> UInt64? {
        var value: UInt64 = 0
        for index in range {
            let byte = text[index]
            guard let digit = ASCII.hexValue(byte), ASCII.lowercased(byte) == byte else {
                return nil
            }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// Printable and not longer than the 512 bytes that everybody must carry; else it is dropped.
    private static func carried(_ state: Bytes) -> Bytes? {
        guard state.count > 0, state.count <= 512 else { return nil }
        let text = state.span
        for index in text.indices where !(0x20...0x7E).contains(text[index]) { return nil }
        return state
    }
}

extension SeededGenerator {
    fileprivate mutating func nextNonzero() -> UInt64 { max(next(), 1) }
}
