// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// A JSON value to look into and to compare, for tests.
struct GoldenJSON {
    let bytes: Bytes
    let slice: JSONSlice

    /// The root of a text; null when it is no JSON.
    init(_ bytes: Bytes) {
        self.bytes = bytes
        let root = try? JSONScanner.validate(bytes.span)
        slice = root ?? JSONSlice(kind: .null, range: 0..<0)
    }

    private init(_ bytes: Bytes, _ slice: JSONSlice) {
        self.bytes = bytes
        self.slice = slice
    }

    var string: Bytes? { slice.string(in: bytes) }
    var int: Int? { slice.int(in: bytes.span) }
    var bool: Bool? { slice.bool(in: bytes.span) }
    var isNull: Bool { slice.kind == .null }
    /// The JSON text.
    var text: Bytes { bytes[slice.range] }

    subscript(name: String) -> GoldenJSON? { members.first { $0.name == name }?.value }

    var members: [(name: String, value: GoldenJSON)] {
        var found: [(String, GoldenJSON)] = []
        var walk = JSONMembers(of: slice, in: bytes.span)
        while let member = walk.next() {
            let name = member.key.string(in: bytes)?.string ?? ""
            found.append((name, GoldenJSON(bytes, member.value)))
        }
        return found
    }

    var elements: [GoldenJSON] {
        var found: [GoldenJSON] = []
        var walk = JSONElements(of: slice, in: bytes.span)
        while let element = walk.next() { found.append(GoldenJSON(bytes, element)) }
        return found
    }

    /// Where the other value differs from this one and how; nil if they are equal as values.
    func difference(from other: GoldenJSON, at path: String = "") -> String? {
        guard slice.kind == other.slice.kind else { return "\(path): \(text) became \(other.text)" }
        switch slice.kind {
        case .object: return memberDifference(from: other, at: path)
        case .array:
            let (left, right) = (elements, other.elements)
            guard left.count == right.count else {
                return "\(path): \(left.count) elements became \(right.count)"
            }
            for index in left.indices {
                let place = "\(path)[\(index)]"
                if let found = left[index].difference(from: right[index], at: place) {
                    return found
                }
            }
            return nil
        case .string:
            return string == other.string ? nil : "\(path): \(text) became \(other.text)"
        case .number:
            let isSame = slice.double(in: bytes.span) == other.slice.double(in: other.bytes.span)
            return isSame ? nil : "\(path): \(text) became \(other.text)"
        case .bool, .null:
            return text == other.text ? nil : "\(path): \(text) became \(other.text)"
        }
    }

    private func memberDifference(from other: GoldenJSON, at path: String) -> String? {
        let (left, right) = (members, other.members)
        for (name, value) in left {
            guard let partner = right.first(where: { $0.name == name }) else {
                return "\(path).\(name) is gone: \(value.text.prefix(120))"
            }
            let place = "\(path).\(name)"
            if let found = value.difference(from: partner.value, at: place) { return found }
        }
        let added = right.first { pair in !left.contains { $0.name == pair.name } }
        if let added { return "\(path).\(added.name) is new: \(added.value.text.prefix(120))" }
        guard left.count == right.count else { return "\(path): a member is there twice" }
        return nil
    }
}
