// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// Writes the smallest value that a JSON Schema allows, as far as providers' schemas go.
///
/// Understands type, properties, required, items, minItems, enum, const, anyOf, oneOf, allOf, $ref
/// into the same document, numeric bounds, minLength and common formats. Required members only,
/// or all of them where none is required.
struct SchemaInstance {
    /// A schema that demands itself has no finite instance; here it ends in `null`.
    private static let depthLimit = 24
    private static let references = 8

    private let root: JSONTree

    private init(root: JSONTree) { self.root = root }

    /// The instance as JSON text without blanks.
    static func text(of schema: JSONTree) -> Bytes {
        var writer = JSONWriter()
        SchemaInstance(root: schema).write(schema, name: "value", depth: 0, into: &writer)
        return writer.finish()
    }

    private func write(
        _ given: JSONTree, name: Bytes, depth: Int, into writer: inout JSONWriter
    ) {
        guard depth < Self.depthLimit else { return writer.null() }
        let schema = resolved(given)
        if let value = schema["const"] ?? schema["enum"]?.elements.first ?? schema["default"] {
            return writer.tree(value)
        }
        if let choices = schema["anyOf"] ?? schema["oneOf"] {
            let choice = choices.elements.first { !($0["type"]?.equals("null") ?? false) }
            return write(choice ?? .null, name: name, depth: depth + 1, into: &writer)
        }
        switch type(of: schema) {
        case "object": writeObject(schema, depth: depth, into: &writer)
        case "array": writeArray(schema, name: name, depth: depth, into: &writer)
        case "integer": writer.int(integer(schema))
        case "number": writer.double(number(schema))
        case "boolean": writer.bool(true)
        case "null": writer.null()
        default: writer.string(string(schema, name: name))
        }
    }

    private func writeObject(
        _ schema: JSONTree, depth: Int, into writer: inout JSONWriter
    ) {
        let properties = schema["properties"]?.members ?? []
        let required = schema["required"]?.elements.compactMap(\.string) ?? []
        writer.beginObject()
        for property in properties where required.isEmpty || required.contains(property.name) {
            // Optional members end a recursion that required ones cannot.
            guard depth < 6 || required.contains(property.name) else { continue }
            writer.key(property.name.span)
            write(property.value, name: property.name, depth: depth + 1, into: &writer)
        }
        writer.endObject()
    }

    private func writeArray(
        _ schema: JSONTree, name: Bytes, depth: Int, into writer: inout JSONWriter
    ) {
        let wanted = schema["minItems"]?.int ?? (depth < 6 ? 1 : 0)
        let count = min(wanted, schema["maxItems"]?.int ?? wanted, 1000)
        writer.beginArray()
        for _ in 0..<max(count, 0) {
            write(schema["items"] ?? .null, name: name, depth: depth + 1, into: &writer)
        }
        writer.endArray()
    }

    /// Follows references and folds `allOf` into one schema.
    private func resolved(_ given: JSONTree) -> JSONTree {
        var schema = given
        for _ in 0..<Self.references {
            guard let reference = schema["$ref"]?.string else { break }
            schema = target(of: reference)
        }
        guard let parts = schema["allOf"]?.elements else { return schema }
        var members = schema.members.filter { $0.name != "allOf" }
        for part in parts { merge(resolved(part).members, into: &members) }
        return .object(members)
    }

    private func merge(_ more: [JSONTree.Member], into members: inout [JSONTree.Member]) {
        for member in more {
            guard let index = members.firstIndex(where: { $0.name == member.name }) else {
                members.append(member)
                continue
            }
            let joined: JSONTree
            switch (members[index].value, member.value) {
            case (.object(let left), .object(let right)): joined = .object(left + right)
            case (.array(let left), .array(let right)): joined = .array(left + right)
            case (_, let right): joined = right
            }
            members[index] = JSONTree.Member(name: member.name, value: joined)
        }
    }

    /// The part of the document that `#/$defs/Name` points to.
    private func target(of reference: Bytes) -> JSONTree {
        var found = root
        for step in reference.string.split(separator: "/").dropFirst() {
            found = found[named: Bytes(step)] ?? .null
        }
        return found
    }

    private func type(of schema: JSONTree) -> String {
        if let type = schema["type"]?.string { return type.string.lowercased() }
        let types = schema["type"]?.elements.compactMap(\.string?.string) ?? []
        if let type = types.first(where: { $0 != "null" }) { return type }
        if schema["properties"] != nil { return "object" }
        if schema["items"] != nil { return "array" }
        return types.isEmpty ? "string" : "null"
    }

    private func integer(_ schema: JSONTree) -> Int {
        var value = schema["minimum"]?.int ?? 1
        if let above = schema["exclusiveMinimum"]?.int { value = max(value, above + 1) }
        if let limit = schema["maximum"]?.int { value = min(value, limit) }
        if let limit = schema["exclusiveMaximum"]?.int { value = min(value, limit - 1) }
        if let step = schema["multipleOf"]?.int, step > 0, value % step != 0 {
            value += step - (value % step + step) % step
        }
        return value
    }

    private func number(_ schema: JSONTree) -> Double {
        var value = schema["minimum"]?.double ?? 1.5
        if let above = schema["exclusiveMinimum"]?.double { value = max(value, above + 0.5) }
        if let limit = schema["maximum"]?.double { value = min(value, limit) }
        if let limit = schema["exclusiveMaximum"]?.double, value >= limit {
            value =
                ((schema["exclusiveMinimum"] ?? schema["minimum"])?.double ?? limit - 1) / 2
                + limit / 2
        }
        return value
    }

    private func string(_ schema: JSONTree, name: Bytes) -> String {
        switch schema["format"]?.string?.string {
        case "date-time": return "2026-01-02T03:04:05Z"
        case "date": return "2026-01-02"
        case "time": return "03:04:05Z"
        case "duration": return "PT1S"
        case "email": return "user@example.com"
        case "hostname": return "example.com"
        case "ipv4": return "192.0.2.1"
        case "ipv6": return "2001:db8::1"
        case "uuid": return "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
        case "uri": return "https://example.com/"
        default: break
        }
        var text = "simulated \(name)"
        let least = schema["minLength"]?.int ?? 0
        while text.count < min(least, 10_000) { text += "." }
        if let most = schema["maxLength"]?.int { text = String(text.prefix(max(most, 0))) }
        return text
    }
}
