// SPDX-License-Identifier: Apache-2.0
import Core

/// What the Connection lines of a head say (RFC 9110 section 7.6.1), read once.
struct ConnectionOptions: Sendable {
    private(set) var close = false
    private(set) var keepAlive = false
    /// `FieldName.sketch` bits of the fields named there.
    private(set) var nominated: UInt64 = 0

    init() {}

    init(_ table: FieldTable) {
        var next = table.firstIndex(of: KnownField.connection)
        while let index = next {
            let value = table.valueSpan(at: index)
            // Nearly always the only option.
            if FieldName.matches(value, 0..<value.count, "keep-alive") {
                keepAlive = true
            } else {
                readList(value)
            }
            next = table.firstIndex(of: KnownField.connection, from: index + 1)
        }
    }

    private mutating func readList(_ value: Span<UInt8>) {
        var list = TokenList()
        while let option = list.next(value) {
            if FieldName.matches(value, option, "close") {
                close = true
            } else if FieldName.matches(value, option, "keep-alive") {
                keepAlive = true
            } else {
                nominated |= FieldName.sketch(value, option)
            }
        }
    }
}
