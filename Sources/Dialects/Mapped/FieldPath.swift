// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

/// A place in a JSON text: names of members and positions in arrays, as `choices.0.text`.
public struct FieldPath: Sendable, Equatable {
    public let steps: [Bytes]

    /// Nil for a text without steps, or with an empty one.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.count <= 16, parts.allSatisfy({ !$0.isEmpty }) else {
            return nil
        }
        steps = parts.map { Bytes($0) }
    }

    /// The value there; nil if there is none.
    func find(in bytes: Span<UInt8>) -> JSONSlice? {
        var members = JSONMembers(in: bytes)
        var found = Self.member(steps[0], &members, bytes)
        for step in steps.dropFirst() {
            guard let container = found else { return nil }
            if container.kind == .array {
                found = Self.element(step, of: container, bytes)
            } else {
                var members = JSONMembers(of: container, in: bytes)
                found = Self.member(step, &members, bytes)
            }
        }
        return found
    }

    private static func member(
        _ name: Bytes, _ members: inout JSONMembers, _ bytes: Span<UInt8>
    ) -> JSONSlice? {
        while let member = members.next() {
            if bytes.extracting(member.key.content).equals(name.span) { return member.value }
        }
        return nil
    }

    private static func element(
        _ step: Bytes, of array: JSONSlice, _ bytes: Span<UInt8>
    ) -> JSONSlice? {
        guard var index = step.span.decimal else { return nil }
        var elements = JSONElements(of: array, in: bytes)
        while let element = elements.next() {
            if index == 0 { return element }
            index -= 1
        }
        return nil
    }
}
