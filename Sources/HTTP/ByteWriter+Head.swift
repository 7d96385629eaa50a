// SPDX-License-Identifier: Apache-2.0
public import Core

/// Whether bytes may be sent as a field value: no control characters but HTAB, so no new lines.
public func isSafeFieldValue(_ value: Span<UInt8>) -> Bool {
    ByteScan.valueEnd(value, from: 0) == value.count
}

/// Whether bytes may be sent as a field name or method: a token of RFC 9110 section 5.6.2.
public func isToken(_ name: Span<UInt8>) -> Bool {
    name.count > 0 && ByteScan.tokenEnd(name, from: 0) == name.count
}

extension ByteWriter {
    /// Begins a request: `POST /v1/messages HTTP/1.1`; the target must be free of white space.
    public mutating func appendRequestLine(_ method: HTTPMethod, target: Span<UInt8>) {
        precondition(method != .other, "a method to send is a known one")
        debugAssertTarget(target)
        reserve(method.label.utf8CodeUnitCount + target.count + 12)
        append(method.label)
        append(UInt8(ascii: " "))
        append(target)
        append(" HTTP/1.1\r\n")
    }

    /// Begins a response: `HTTP/1.1 200 OK`.
    public mutating func appendStatusLine(_ status: Int) {
        precondition(status >= 100 && status <= 999, "a status has three digits")
        if status == 200 {
            append("HTTP/1.1 200 OK\r\n")
            return
        }
        append("HTTP/1.1 ")
        append(decimal: status)
        append(UInt8(ascii: " "))
        append(StatusReason.phrase(status))
        append("\r\n")
    }

    /// One field line; traps in debug on a value that `isSafeFieldValue` refuses.
    public mutating func appendField(_ name: StaticString, _ value: Span<UInt8>) {
        assert(isSafeFieldValue(value), "check foreign values with isSafeFieldValue")
        reserve(name.utf8CodeUnitCount + value.count + 4)
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// One field line; traps in debug on a value that `isSafeFieldValue` refuses.
    public mutating func appendField(_ name: StaticString, _ value: Bytes) {
        appendField(name, value.span)
    }

    /// One field line of our own words.
    public mutating func appendField(_ name: StaticString, _ value: StaticString) {
        reserve(name.utf8CodeUnitCount + value.utf8CodeUnitCount + 4)
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// One field line with a decimal number.
    public mutating func appendField(_ name: StaticString, _ value: Int) {
        append(name)
        append(": ")
        append(decimal: value)
        append("\r\n")
    }

    /// Copies a received field line, whose name and value were checked when it was parsed.
    public mutating func appendField(at index: Int, of fields: FieldTable) {
        let entry = fields.entry(index)
        let head = fields.headSpan
        let (name, value) = (entry.name, entry.value)
        // Written the usual way, the line is copied in one piece.
        if value.lowerBound == name.upperBound + 2, head[name.upperBound + 1] == 0x20,
            head[value.upperBound] == 0x0D
        {
            append(head.extracting(name.lowerBound..<value.upperBound + 2))
            return
        }
        reserve(name.count + value.count + 4)
        append(head.extracting(name))
        append(": ")
        append(head.extracting(value))
        append("\r\n")
    }

    /// The empty line that ends a head.
    public mutating func appendHeadEnd() { append("\r\n") }

    private func debugAssertTarget(_ target: Span<UInt8>) {
        assert(
            target.count > 0 && target.indices.allSatisfy { target[$0] &- 0x21 < 0x7F - 0x21 },
            "a request target is visible ASCII")
    }
}

// MARK: - Chunks (RFC 9112 section 7.1)

extension ByteWriter {
    /// The line before `count` bytes of data; zero would end the body, so it traps.
    public mutating func appendChunkHeader(_ count: Int) {
        precondition(count > 0, "an empty chunk ends the body: use appendLastChunk")
        append(hex: UInt64(count))
        append("\r\n")
    }

    /// The line end behind the data of a chunk.
    public mutating func appendChunkEnd() { append("\r\n") }

    /// One whole chunk; nothing for no data.
    public mutating func appendChunk(_ data: Span<UInt8>) {
        guard data.count > 0 else { return }
        reserve(data.count + 20)
        appendChunkHeader(data.count)
        append(data)
        append("\r\n")
    }

    /// The chunk that ends the body, without trailers.
    public mutating func appendLastChunk() { append("0\r\n\r\n") }
}
