// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// A validated JSON body and the readers of its values; a fault names the value's path.
struct ChatBody {
    let bytes: Bytes

    init(_ bytes: Bytes) { self.bytes = bytes }

    func text(_ value: JSONSlice) throws(RequestFault) -> EscapedText {
        guard let text = EscapedText(value, in: bytes) else { throw wrongType(value, "a string") }
        return text
    }

    func int(_ value: JSONSlice) throws(RequestFault) -> Int {
        guard let number = value.int(in: bytes.span) else {
            throw wrongType(value, "a whole number")
        }
        return number
    }

    func bool(_ value: JSONSlice) throws(RequestFault) -> Bool {
        guard let flag = value.bool(in: bytes.span) else { throw wrongType(value, "a boolean") }
        return flag
    }

    /// A number with the digits it was written with.
    func number(_ value: JSONSlice) throws(RequestFault) -> Bytes {
        try expect(.number, value)
        return raw(value)
    }

    /// A list of strings.
    func texts(_ value: JSONSlice) throws(RequestFault) -> [EscapedText] {
        try expect(.array, value)
        var texts: [EscapedText] = []
        var elements = JSONElements(of: value, in: bytes.span)
        while let element = elements.next() { texts.append(try text(element)) }
        return texts
    }

    /// The value's JSON text.
    func raw(_ value: JSONSlice) -> Bytes { bytes[value.range] }

    /// Whether a member has this name; most have not even its length.
    @inline(__always)
    func isNamed(_ member: JSONMember, _ name: StaticString) -> Bool {
        guard member.key.hasEscapes || member.key.content.count == name.utf8CodeUnitCount else {
            return false
        }
        return member.key.equals(name, in: bytes.span)
    }

    /// The value of an object's member.
    func member(_ name: StaticString, of object: JSONSlice) -> JSONSlice? {
        var members = JSONMembers(of: object, in: bytes.span)
        while let member = members.next() {
            if isNamed(member, name) { return member.value }
        }
        return nil
    }

    /// The elements of a list as JSON; none if it is no list.
    func elements(of list: JSONSlice) -> [Bytes] {
        var found: [Bytes] = []
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() { found.append(raw(element)) }
        return found
    }

    func expect(_ kind: JSONKind, _ value: JSONSlice) throws(RequestFault) {
        guard value.kind == kind else { throw wrongType(value, kind.label) }
    }

    /// Keeps a member that the model has no field for, or not the whole of it.
    func keep(_ member: JSONMember, in extras: inout Extras, isCovered: Bool = false) {
        // A name is always a string.
        let name = EscapedText(member.key, in: bytes) ?? EscapedText()
        extras.members.append(
            RawMember(name: name, value: raw(member.value), isCovered: isCovered))
    }
}

// MARK: - Faults

extension ChatBody {
    func wrongType(_ value: JSONSlice, _ expected: StaticString) -> RequestFault {
        .wrongType(path(of: value), expected: expected, found: value.kind)
    }

    /// The rule goes on behind the path: ` must be at least 1.`
    func invalid(_ value: JSONSlice, _ rule: StaticString) -> RequestFault {
        .invalid(path(of: value), rule)
    }

    /// A member that an object has to have.
    func missing(_ name: StaticString, in object: JSONSlice) -> RequestFault {
        var writer = ByteWriter(capacity: 64)
        if object.range.lowerBound > 0 {
            writer.append(JSONPath.locate(object.range.lowerBound, in: bytes.span))
        }
        if !writer.isEmpty { writer.append(UInt8(ascii: ".")) }
        writer.append(name)
        return .missing(writer.finish())
    }

    private func path(of value: JSONSlice) -> Bytes {
        let path = JSONPath.locate(value.range.lowerBound, in: bytes.span)
        return path.isEmpty ? Bytes("The body") : path
    }
}
