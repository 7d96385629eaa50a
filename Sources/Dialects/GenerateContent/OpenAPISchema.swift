// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Gemini's `Schema`, a subset of OpenAPI 3.0, turned into JSON Schema.
///
/// Types become lower case, `nullable` becomes one of the types, counts written as strings become
/// numbers, and what only orders the output is left out. JSON Schema passes through unchanged.
enum OpenAPISchema {
    static func jsonSchema(_ schema: Bytes) -> Bytes {
        var json = JSONWriter(capacity: schema.count + 32)
        let root = JSONSlice(kind: .object, range: 0..<schema.count)
        write(root, ChatBody(schema), &json)
        return json.finish()
    }

    private static func write(_ value: JSONSlice, _ body: ChatBody, _ json: inout JSONWriter) {
        guard value.kind == .object else {
            json.raw(body.raw(value))
            return
        }
        let isNullable =
            body.loose("nullable", of: value)?.bool(in: body.bytes.span) == true
        json.beginObject()
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            write(member, isNullable: isNullable, body, &json)
        }
        json.endObject()
    }

    private static func write(
        _ member: JSONMember, isNullable: Bool, _ body: ChatBody, _ json: inout JSONWriter
    ) {
        if body.isCalled(member, "nullable") || body.isCalled(member, "propertyordering") {
            return
        }
        if body.isCalled(member, "type"), let type = EscapedText(member.value, in: body.bytes) {
            json.key("type")
            if isNullable { json.beginArray() }
            json.string(type.lowercased)
            if isNullable {
                json.string("null" as StaticString)
                json.endArray()
            }
        } else if body.isCalled(member, "properties") || body.isCalled(member, "defs") {
            json.key(EscapedText(member.key, in: body.bytes) ?? EscapedText())
            writeEach(member.value, body, &json)
        } else if body.isCalled(member, "anyof") {
            json.key("anyOf")
            writeList(member.value, body, &json)
        } else if body.isCalled(member, "items") {
            json.key("items")
            write(member.value, body, &json)
        } else if let count = count(member, body) {
            json.key(EscapedText(member.key, in: body.bytes) ?? EscapedText())
            json.int(count)
        } else {
            json.key(EscapedText(member.key, in: body.bytes) ?? EscapedText())
            json.raw(body.raw(member.value))
        }
    }

    /// The schemas of an object's properties.
    private static func writeEach(
        _ value: JSONSlice, _ body: ChatBody, _ json: inout JSONWriter
    ) {
        json.beginObject()
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            json.key(EscapedText(member.key, in: body.bytes) ?? EscapedText())
            write(member.value, body, &json)
        }
        json.endObject()
    }

    private static func writeList(
        _ value: JSONSlice, _ body: ChatBody, _ json: inout JSONWriter
    ) {
        json.beginArray()
        var elements = JSONElements(of: value, in: body.bytes.span)
        while let element = elements.next() { write(element, body, &json) }
        json.endArray()
    }

    /// A limit that was written as a string, as Google writes 64-bit numbers.
    private static func count(_ member: JSONMember, _ body: ChatBody) -> Int? {
        guard
            body.isCalled(member, "minitems") || body.isCalled(member, "maxitems")
                || body.isCalled(member, "minlength") || body.isCalled(member, "maxlength")
                || body.isCalled(member, "minproperties")
                || body.isCalled(member, "maxproperties")
        else { return nil }
        guard let text = member.value.string(in: body.bytes) else { return nil }
        return text.span.decimal
    }
}
