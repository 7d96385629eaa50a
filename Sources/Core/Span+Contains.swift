// SPDX-License-Identifier: Apache-2.0

extension Span where Element == UInt8 {
    /// Whether a text of at least one byte stands somewhere in here.
    ///
    /// Sixteen places a step: only where the text's first and last byte fit is the rest compared.
    public func contains(_ text: StaticString) -> Bool {
        let reach = text.utf8CodeUnitCount - 1
        precondition(reach >= 0, "an empty text is everywhere")
        let (first, last) = text.withUTF8Buffer { text in
            let text = unsafe text.span
            return (text[0], text[reach])
        }
        var index = 0
        while index &+ reach &+ 16 <= count {
            let marks =
                block(at: index).lanesEqual(to: first)
                & block(at: index &+ reach).lanesEqual(to: last)
            if marks.firstMarkedLane != nil, contains(text, at: index..<index &+ 16) { return true }
            index &+= 16
        }
        return contains(text, at: index..<Swift.max(index, count &- reach))
    }

    /// Whether it begins at one of these places.
    private func contains(_ text: StaticString, at places: Range<Int>) -> Bool {
        for place in places where extracting(place..<count).hasPrefix(text) { return true }
        return false
    }
}
