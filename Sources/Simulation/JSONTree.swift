// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

/// A JSON value as a tree, for scripts, schemas and requests that a simulation looks into freely.
public indirect enum JSONTree: Sendable, Equatable {
    case object([Member])
    case array([JSONTree])
    case string(Bytes)
    /// The digits as written.
    case number(Bytes)
    case bool(Bool)
    case null

    /// One member of an object, in the order written.
    public struct Member: Sendable, Equatable {
        public let name: Bytes
        public let value: JSONTree
    }

    /// Reads a whole text; the fault says where it is no JSON.
    public init(_ text: Bytes) throws(JSONFault) {
        let root = try JSONScanner.validate(text.span)
        self = Self.tree(of: root, in: text)
    }

    private static func tree(of slice: JSONSlice, in text: Bytes) -> JSONTree {
        switch slice.kind {
        case .object:
            var members: [Member] = []
            var walk = JSONMembers(of: slice, in: text.span)
            while let member = walk.next() {
                let name = member.key.string(in: text) ?? Bytes()
                members.append(Member(name: name, value: tree(of: member.value, in: text)))
            }
            return .object(members)
        case .array:
            var elements: [JSONTree] = []
            var walk = JSONElements(of: slice, in: text.span)
            while let element = walk.next() { elements.append(tree(of: element, in: text)) }
            return .array(elements)
        case .string: return .string(slice.string(in: text) ?? Bytes())
        case .number: return .number(text[slice.range])
        case .bool: return .bool(slice.bool(in: text.span) ?? false)
        case .null: return .null
        }
    }
}

extension JSONTree {
    /// The member of this name; nil in anything but an object that has it.
    public subscript(name: StaticString) -> JSONTree? {
        members.first { $0.name.span.equals(name) }?.value
    }

    /// The member of this name; nil in anything but an object that has it.
    public subscript(named name: Bytes) -> JSONTree? { members.first { $0.name == name }?.value }

    /// The members of an object; none of anything else.
    public var members: [Member] { if case .object(let members) = self { members } else { [] } }

    /// The elements of an array; none of anything else.
    public var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }

    public var string: Bytes? { if case .string(let text) = self { text } else { nil } }

    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    public var isNull: Bool { self == .null }

    public var double: Double? {
        guard case .number(let digits) = self else { return nil }
        return Double(digits.string)
    }

    /// A whole number, also when written as `10.0`.
    public var int: Int? { double.flatMap { Int(exactly: $0) } }

    /// Whether this is a string with exactly this text.
    public func equals(_ text: StaticString) -> Bool {
        guard let string else { return false }
        return string.span.equals(text)
    }
}

extension JSONWriter {
    /// Writes a tree as it stands.
    public mutating func tree(_ tree: JSONTree) {
        switch tree {
        case .object(let members):
            beginObject()
            for member in members {
                key(member.name.span)
                self.tree(member.value)
            }
            endObject()
        case .array(let elements):
            beginArray()
            for element in elements { self.tree(element) }
            endArray()
        case .string(let text): string(text)
        case .number(let digits): raw(digits)
        case .bool(let value): bool(value)
        case .null: null()
        }
    }
}
