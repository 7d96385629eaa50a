// SPDX-License-Identifier: Apache-2.0
public import Core

extension FieldTable {
    /// Whether a comma-separated field lists this lower-case token, in any of its lines.
    public func contains(token: StaticString, in field: KnownField) -> Bool {
        var next = firstIndex(of: field)
        while let index = next {
            let value = valueSpan(at: index)
            var list = TokenList()
            while let range = list.next(value) {
                if value.extracting(range).equalsIgnoringCase(token) { return true }
            }
            next = firstIndex(of: field, from: index + 1)
        }
        return false
    }

    /// Whether this field must not be forwarded: hop-by-hop, or named by Connection.
    public func isHopByHop(at index: Int) -> Bool {
        let entry = entry(index)
        if entry.knownRaw != KnownField.other.rawValue {
            if known(at: index).isHopByHop { return true }
        } else if hasProxyPrefix(entry.name) {
            return true
        }
        guard options.nominated != 0 else { return false }
        let name = nameSpan(at: index)
        return options.nominated & FieldName.sketch(name, 0..<name.count) != 0 && isNominated(name)
    }

    private func hasProxyPrefix(_ name: Range<Int>) -> Bool {
        name.count > 6 && headSpan[name.lowerBound] | 0x20 == UInt8(ascii: "p")
            && headSpan.extracting(name.lowerBound..<name.lowerBound + 6)
                .equalsIgnoringCase("proxy-")
    }

    /// Whether Connection names this field (RFC 9110 section 7.6.1).
    private func isNominated(_ name: Span<UInt8>) -> Bool {
        var next = firstIndex(of: KnownField.connection)
        while let index = next {
            let value = valueSpan(at: index)
            var list = TokenList()
            while let range = list.next(value) {
                if Self.equalNames(value.extracting(range), name) { return true }
            }
            next = firstIndex(of: KnownField.connection, from: index + 1)
        }
        return false
    }

    private static func equalNames(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices
        where ASCII.lowercased(left[index]) != ASCII.lowercased(right[index]) { return false }
        return true
    }
}

/// Walks the members of a comma-separated list; empty members are skipped (RFC 9110 section 5.6.1).
struct TokenList {
    private var position = 0

    /// The next member without white space around it.
    mutating func next(_ value: Span<UInt8>) -> Range<Int>? {
        while position < value.count {
            let start = position
            let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.count
            position = end + 1
            let inner = value.extracting(start..<end).trimmedRange
            if !inner.isEmpty { return start + inner.lowerBound..<start + inner.upperBound }
        }
        return nil
    }
}

extension FieldTable: Sequence {
    /// Name and value of each field line, in order.
    public struct Iterator: IteratorProtocol {
        let table: FieldTable
        var index = 0

        public mutating func next() -> (name: Bytes, value: Bytes)? {
            guard index < table.count else { return nil }
            defer { index += 1 }
            return (table.name(at: index), table.value(at: index))
        }
    }

    public func makeIterator() -> Iterator { Iterator(table: self) }

    public var underestimatedCount: Int { count }
}
