// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// What the scanner passes can be walked and written again with the same meaning.
///
/// What it refuses is refused at a place inside the text; glances never trap.
enum FuzzJSON {
    static func check(_ text: Bytes) {
        glance(text)
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(text.span) } catch {
            demand((0...text.count).contains(error.offset), "a fault outside the text")
            demand(!error.message.isEmpty, "a fault without a word")
            return
        }
        var writer = JSONWriter()
        write(root, in: text, to: &writer)
        let written = writer.finish()
        guard let again = try? JSONScanner.validate(written.span) else {
            preconditionFailure("what was written is no JSON: \(written)")
        }
        var second = JSONWriter()
        write(again, in: written, to: &second)
        demandEqual(second.finish(), written, "written twice")
        // A text that goes on is no text.
        var longer = ByteWriter()
        longer.append(text)
        longer.append(" x")
        let more = longer.finish()
        demand((try? JSONScanner.validate(more.span)) == nil, "rubbish behind the text")
    }

    private static func write(_ slice: JSONSlice, in text: Bytes, to writer: inout JSONWriter) {
        switch slice.kind {
        case .object:
            writer.beginObject()
            var members = JSONMembers(of: slice, in: text.span)
            while let member = members.next() {
                guard let key = member.key.string(in: text) else {
                    preconditionFailure("a key without text")
                }
                writer.key(key.span)
                write(member.value, in: text, to: &writer)
            }
            demand(!members.isMalformed, "valid members are malformed")
            writer.endObject()
        case .array:
            writer.beginArray()
            var elements = JSONElements(of: slice, in: text.span)
            while let element = elements.next() { write(element, in: text, to: &writer) }
            writer.endArray()
        case .string:
            guard let string = slice.string(in: text) else {
                preconditionFailure("a string without text")
            }
            writer.string(string)
        case .number:
            demand(slice.double(in: text.span) != nil, "a number without value")
            _ = slice.int(in: text.span)
            writer.raw(text[slice.range])
        case .bool: writer.bool(slice.bool(in: text.span) == true)
        case .null: writer.null()
        }
    }

    /// The lenient walk over bytes that may be anything.
    private static func glance(_ text: Bytes) {
        var members = JSONMembers(in: text.span)
        var count = 0
        while let member = members.next() {
            count += 1
            demand(count <= text.count, "more members than bytes")
            demand(member.value.range.upperBound <= text.count, "a value beyond the text")
            _ = member.key.string(in: text)
            _ = member.value.string(in: text)
            _ = member.value.double(in: text.span)
            var inner = JSONMembers(of: member.value, in: text.span)
            while inner.next() != nil {}
            var elements = JSONElements(of: member.value, in: text.span)
            while elements.next() != nil {}
        }
    }
}
