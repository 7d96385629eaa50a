// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ChatBody {
    /// Whether a member has this name in camelCase or snake_case; `folded` has no capitals and no
    /// underscores.
    func isCalled(_ member: JSONMember, _ folded: StaticString) -> Bool {
        isCalled(member.key, folded)
    }

    func isCalled(_ key: JSONSlice, _ folded: StaticString) -> Bool {
        let name = bytes.span.extracting(key.content)
        guard key.hasEscapes else { return name.equalsFolded(folded) }
        guard let decoded = key.string(in: bytes) else { return false }
        return decoded.span.equalsFolded(folded)
    }

    /// The value of an object's member by its folded name.
    func loose(_ folded: StaticString, of object: JSONSlice) -> JSONSlice? {
        var members = JSONMembers(of: object, in: bytes.span)
        while let member = members.next() {
            if isCalled(member, folded) { return member.value }
        }
        return nil
    }

    /// The text of an object's member by its folded name; nil for null and what is no string.
    func looseText(_ folded: StaticString, of object: JSONSlice) -> EscapedText? {
        loose(folded, of: object).flatMap { EscapedText($0, in: bytes) }
    }

    /// Whether an object has more members than this.
    func hasMore(than count: Int, in object: JSONSlice) -> Bool {
        var members = JSONMembers(of: object, in: bytes.span)
        var found = 0
        while members.next() != nil { found += 1 }
        return found > count
    }
}

extension Span where Element == UInt8 {
    /// Compares ignoring ASCII case and underscores.
    @inline(__always)
    func equalsFolded(_ folded: StaticString) -> Bool {
        // Most names differ in their length, or their first or last letter.
        let length = folded.utf8CodeUnitCount
        guard count >= length, length > 0 else { return false }
        let wanted = unsafe folded.utf8Start
        let last = self[count &- 1]
        guard unsafe ASCII.lowercased(self[0]) == wanted[0],
            unsafe last | 0x20 == wanted[length &- 1] || last == UInt8(ascii: "_")
        else { return false }
        return count == length ? equalsIgnoringCase(folded) : equalsFoldedWhole(folded)
    }

    private func equalsFoldedWhole(_ folded: StaticString) -> Bool {
        let length = folded.utf8CodeUnitCount
        let wanted = unsafe folded.utf8Start
        var place = 0
        for index in indices where self[index] != UInt8(ascii: "_") {
            guard place < length, unsafe ASCII.lowercased(self[index]) == wanted[place] else {
                return false
            }
            place += 1
        }
        return place == length
    }
}
