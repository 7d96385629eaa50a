// SPDX-License-Identifier: Apache-2.0
public import Core

/// Writes one JSON text; commas and colons are its business, the order of calls the caller's.
public struct JSONWriter: ~Copyable {
    private var output: ByteWriter
    private var needsComma = false
    private var depth = 0

    public init(capacity: Int = 256) { output = ByteWriter(capacity: capacity) }

    /// Goes on behind what `output` holds already.
    public init(_ output: consuming ByteWriter) { self.output = output }

    /// Bytes written and not yet taken.
    public var count: Int { output.count }

    /// The finished text; every object and array must be closed.
    public consuming func finish() -> Bytes {
        precondition(depth == 0, "JSON text with \(depth) open containers")
        return output.finish()
    }

    /// The finished text still in its writer, for appending something else.
    public consuming func intoWriter() -> ByteWriter {
        precondition(depth == 0, "JSON text with \(depth) open containers")
        return output
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member name that needs no escapes.
    public mutating func key(_ name: StaticString) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append("\":")
        needsComma = false
    }

    /// A member name of any bytes, escaped and repaired.
    public mutating func key(_ name: Span<UInt8>) {
        separate()
        output.append(jsonString: name)
        output.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string of any bytes, escaped; invalid UTF-8 becomes U+FFFD.
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        output.append(jsonString: text)
    }

    public mutating func string(_ text: Bytes) { string(text.span) }

    public mutating func string(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { output.append(jsonString: unsafe $0.span) }
    }

    public mutating func string(_ text: some StringProtocol) {
        separate()
        var copy = String(text)
        copy.withUTF8 { output.append(jsonString: unsafe $0.span) }
    }

    public mutating func int(_ value: some FixedWidthInteger) {
        separate()
        output.append(decimal: value)
    }

    /// The shortest decimal that reads back as the same double; `null` for what JSON cannot say.
    public mutating func double(_ value: Double) {
        separate()
        guard value.isFinite else {
            output.append("null")
            return
        }
        output.append(value.description)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        if value { output.append("true") } else { output.append("false") }
    }

    public mutating func null() {
        separate()
        output.append("null")
    }

    /// A string whose inside is escaped already.
    mutating func quoted(_ inside: Span<UInt8>) {
        separate()
        output.append(UInt8(ascii: "\""))
        output.append(inside)
        output.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    public mutating func raw(_ json: Span<UInt8>) {
        separate()
        output.append(json)
    }

    public mutating func raw(_ json: Bytes) { raw(json.span) }

    /// Whether the object that is open has a member of this name; reads all that was written.
    public func hasMember(_ name: Span<UInt8>) -> Bool {
        let text = output.span
        guard let start = text.startOfOpenContainer, text[start] == UInt8(ascii: "{") else {
            return false
        }
        let object = JSONSlice(kind: .object, range: start..<text.count)
        var members = JSONMembers(of: object, in: text)
        while let member = members.next() {
            if member.key.equals(name, in: text) { return true }
        }
        return false
    }

    private mutating func separate() {
        if needsComma { output.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        output.append(bracket)
        depth += 1
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        depth -= 1
        precondition(depth >= 0, "JSON container closed twice")
        output.append(bracket)
        needsComma = true
    }
}
