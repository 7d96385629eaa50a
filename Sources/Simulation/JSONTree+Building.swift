// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// How a tree is laid out as text.
enum JSONLayout {
    /// No blanks at all.
    case compact
    /// A blank behind each colon, as in the lines of Gemini's streams.
    case spaced
    /// Two blanks a level, one member or element a line.
    case indented
}

// Answers are written down as literals, so that they look like the JSON they become.
extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral text: String) { self = .string(Bytes(text)) }

    public init(integerLiteral value: Int) { self = .int(value) }

    public init(booleanLiteral value: Bool) { self = .bool(value) }

    public init(arrayLiteral elements: JSONTree...) { self = .array(elements) }

    public init(dictionaryLiteral members: (String, JSONTree)...) {
        self = .object(members.map { Member(name: Bytes($0.0), value: $0.1) })
    }

    /// A whole number.
    public static func int(_ value: Int) -> JSONTree { .number(Bytes("\(value)")) }

    /// A string of a text that has one.
    static func text(_ text: String) -> JSONTree { .string(Bytes(text)) }

    /// An object of those members that have a value.
    static func made(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
        .object(
            members.compactMap { name, value in
                value.map { Member(name: Bytes(name), value: $0) }
            })
    }

    /// The member under either of two names: Gemini takes camelCase and snake_case.
    subscript(_ name: StaticString, or other: StaticString) -> JSONTree? {
        self[name] ?? self[other]
    }

    /// The text in this layout.
    func bytes(_ layout: JSONLayout = .compact) -> Bytes {
        var writer = ByteWriter(capacity: 512)
        append(to: &writer, layout, level: 0)
        return writer.finish()
    }

    /// Appends the text in this layout; `level` is how deep an indented one begins.
    func append(to writer: inout ByteWriter, _ layout: JSONLayout, level: Int) {
        switch self {
        case .object(let members):
            guard !members.isEmpty else { return writer.append("{}") }
            writer.append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.append(",") }
                Self.lineBreak(&writer, layout, level + 1)
                writer.append(jsonString: member.name.span)
                writer.append(layout == .compact ? ":" as StaticString : ": ")
                member.value.append(to: &writer, layout, level: level + 1)
            }
            Self.lineBreak(&writer, layout, level)
            writer.append("}")
        case .array(let elements):
            guard !elements.isEmpty else { return writer.append("[]") }
            writer.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.append(",") }
                Self.lineBreak(&writer, layout, level + 1)
                element.append(to: &writer, layout, level: level + 1)
            }
            Self.lineBreak(&writer, layout, level)
            writer.append("]")
        case .string(let text): writer.append(jsonString: text.span)
        case .number(let digits): writer.append(digits)
        case .bool(let value): writer.append(value ? "true" as StaticString : "false")
        case .null: writer.append("null")
        }
    }

    private static func lineBreak(
        _ writer: inout ByteWriter, _ layout: JSONLayout, _ level: Int
    ) {
        guard layout == .indented else { return }
        writer.append("\n")
        for _ in 0..<level { writer.append("  ") }
    }
}
