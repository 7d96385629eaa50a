// SPDX-License-Identifier: Apache-2.0
public import Core

/// Why bytes are not one JSON text, and where.
public struct JSONFault: Error, Sendable, Equatable {
    /// The rule that was broken; bounded, so it serves as a metric label.
    public enum Kind: Sendable, CaseIterable {
        case empty, unexpectedEnd, expectedValue, expectedKey, expectedColon, expectedComma
        case badNumber, badEscape, badUTF8, controlCharacter
        case tooDeep, duplicateKey, trailingBytes, byteOrderMark

        /// The name in metrics and logs.
        public var label: StaticString {
            switch self {
            case .empty: "empty"
            case .unexpectedEnd: "unexpected_end"
            case .expectedValue: "expected_value"
            case .expectedKey: "expected_key"
            case .expectedColon: "expected_colon"
            case .expectedComma: "expected_comma"
            case .badNumber: "bad_number"
            case .badEscape: "bad_escape"
            case .badUTF8: "bad_utf8"
            case .controlCharacter: "control_character"
            case .tooDeep: "too_deep"
            case .duplicateKey: "duplicate_key"
            case .trailingBytes: "trailing_bytes"
            case .byteOrderMark: "byte_order_mark"
            }
        }

        /// What is wrong, as the subject of a sentence.
        public var reason: StaticString {
            switch self {
            case .empty: "there is no value"
            case .unexpectedEnd: "the text ends in the middle of a value"
            case .expectedValue: "a value was expected"
            case .expectedKey: "a member name in double quotes was expected"
            case .expectedColon: "a colon was expected after the member name"
            case .expectedComma: "a comma or the closing bracket was expected"
            case .badNumber: "the number is malformed"
            case .badEscape: "the escape sequence is malformed"
            case .badUTF8: "the string is not valid UTF-8"
            case .controlCharacter: "a control character stands unescaped in a string"
            case .tooDeep: "values are nested too deeply"
            case .duplicateKey: "the same member name occurs twice in one object"
            case .trailingBytes: "something follows the value"
            case .byteOrderMark: "the text starts with a byte order mark"
            }
        }
    }

    /// The byte at which the text went wrong; the count of bytes when it ended too soon.
    public let offset: Int
    public let kind: Kind
    /// Where that byte is, such as `messages[2].content`; empty at the top level.
    public let path: Bytes

    public init(offset: Int, kind: Kind, path: Bytes) {
        self.offset = offset
        self.kind = kind
        self.path = path
    }

    /// A sentence without its full stop: `a value was expected at byte 12 (in messages[2])`.
    public var message: Bytes {
        var writer = ByteWriter(capacity: 128)
        writer.append(kind.reason)
        writer.append(" at byte ")
        writer.append(decimal: offset)
        if !path.isEmpty {
            writer.append(" (in ")
            writer.append(path)
            writer.append(")")
        }
        return writer.finish()
    }
}

extension JSONFault: CustomStringConvertible {
    public var description: String { message.string }
}
