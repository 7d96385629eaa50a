// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// What becomes of fields that the target's format cannot carry, by the route's policy.
struct FieldLosses {
    private let policy: FieldPolicy
    private(set) var notes: TranslationNotes

    init(_ policy: FieldPolicy, notes: TranslationNotes) {
        self.policy = policy
        self.notes = notes
    }

    /// A field of the model that the format has no word for.
    mutating func lose(_ path: StaticString) throws(RequestFault) {
        try lose(Bytes(stringLiteral: path))
    }

    mutating func lose(_ path: Bytes) throws(RequestFault) {
        guard policy != .reject else { throw .unsupported(path) }
        notes.drop(path)
    }

    /// Members of an object that becomes no object of its own: there is nowhere to forward them to.
    mutating func lose(_ extras: Extras, at prefix: Bytes) throws(RequestFault) {
        for member in extras.members where !member.isCovered && !member.value.span.equals("null") {
            try lose(prefix.joined(member.name.decoded))
        }
    }

    /// Members that only another format knows; forwarded ones go to the object that is open, if
    /// it has none of that name.
    mutating func lose(
        _ extras: Extras, at prefix: Bytes = Bytes(), into json: inout JSONWriter
    ) throws(RequestFault) {
        for member in extras.members where !member.isCovered {
            // Null is what the field is without being there.
            guard !member.value.span.equals("null") else { continue }
            let isNested = member.name.raw.span.firstIndex(of: UInt8(ascii: ".")) != nil
            if policy == .forward, !isNested, !json.hasMember(member.name.decoded.span) {
                json.member(member)
            } else {
                try lose(prefix.isEmpty ? member.name.decoded : prefix.joined(member.name.decoded))
            }
        }
    }
}

extension RequestFault {
    /// The target cannot do what the field asks for.
    static func unsupported(_ path: Bytes) -> RequestFault {
        .invalid(path, " cannot be expressed for the model's provider.")
    }
}

extension Bytes {
    /// The path of a member below this path.
    func joined(_ name: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: count + name.count + 1)
        writer.append(self)
        writer.append(UInt8(ascii: "."))
        writer.append(name)
        return writer.finish()
    }

    /// `messages[2]`, or `messages[2].content[1]`.
    static func path(
        _ list: StaticString, _ index: Int, _ inner: StaticString? = nil, _ place: Int? = nil
    ) -> Bytes {
        var writer = ByteWriter(capacity: 48)
        writer.append(list)
        writer.append("[")
        writer.append(decimal: index)
        writer.append("]")
        if let inner {
            writer.append(".")
            writer.append(inner)
        }
        if let place {
            writer.append("[")
            writer.append(decimal: place)
            writer.append("]")
        }
        return writer.finish()
    }
}

extension JSONWriter {
    /// A member whose name is escaped already.
    mutating func key(_ name: EscapedText) {
        if name.hasEscapes { key(name.decoded.span) } else { key(name.raw.span) }
    }

    mutating func member(_ member: RawMember) {
        key(member.name)
        raw(member.value)
    }

    /// Every member, as its origin wrote it.
    mutating func members(_ extras: Extras) {
        for member in extras.members { self.member(member) }
    }

    mutating func member(_ name: StaticString, _ text: EscapedText) {
        key(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ text: StaticString) {
        key(name)
        string(text)
    }

    mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        int(value)
    }

    mutating func member(_ name: StaticString, raw json: Bytes) {
        key(name)
        raw(json)
    }
}
