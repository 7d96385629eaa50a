// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// One validating pass over a request's body, which notes the values to act upon.
///
/// Wrong fields are noted, not thrown, so that a body that is no JSON is always told so first.
struct RequestScan {
    /// The first thing wrong with the messages.
    enum MessageProblem {
        case notObject(Int, JSONKind)
        case roleMissing(Int)
        case roleNotString(Int, JSONKind)
    }

    private var values = InlineArray<10, JSONSlice?>(repeating: nil)
    private(set) var root = JSONKind.null
    /// Where the closing brace of the body's object is.
    private(set) var closingBrace = 0
    private(set) var messageCount = 0
    /// Whether a message is an answer that was given before.
    private(set) var hasAnswers = false
    private(set) var messageProblem: MessageProblem?

    init(_ body: Bytes) throws(JSONFault) {
        var scanner = JSONScanner(body.span)
        root = try scanner.peekKind()
        if try scanner.enterObject() {
            while let key = try scanner.nextKey() { try member(key, body, &scanner) }
            closingBrace = scanner.position - 1
        } else {
            _ = try scanner.value()
        }
        try scanner.finish()
    }

    subscript(field: RequestField) -> JSONSlice? { values[field.rawValue] }

    private mutating func member(
        _ key: JSONSlice, _ body: Bytes, _ scanner: inout JSONScanner
    ) throws(JSONFault) {
        guard let field = Self.field(key, body) else {
            _ = try scanner.value()
            return
        }
        guard field == .messages, try scanner.peekKind() == .array else {
            values[field.rawValue] = try scanner.value()
            return
        }
        let start = scanner.position
        try messages(body, &scanner)
        values[field.rawValue] = JSONSlice(kind: .array, range: start..<scanner.position)
    }

    private static func field(_ key: JSONSlice, _ body: Bytes) -> RequestField? {
        if key.hasEscapes { return key.string(in: body).flatMap { RequestField($0.span) } }
        return RequestField(body.span.extracting(key.content))
    }

    private mutating func messages(
        _ body: Bytes, _ scanner: inout JSONScanner
    ) throws(JSONFault) {
        _ = try scanner.enterArray()
        while try scanner.nextElement() {
            let problem = try message(body, &scanner)
            if messageProblem == nil { messageProblem = problem }
            messageCount += 1
        }
    }

    private mutating func message(
        _ body: Bytes, _ scanner: inout JSONScanner
    ) throws(JSONFault) -> MessageProblem? {
        guard try scanner.enterObject() else {
            return .notObject(messageCount, try scanner.value().kind)
        }
        var role: JSONKind?
        while let key = try scanner.nextKey() {
            let value = try scanner.value()
            guard key.equals("role", in: body.span) else { continue }
            role = value.kind
            if value.equals("assistant", in: body.span) { hasAnswers = true }
        }
        guard let role else { return .roleMissing(messageCount) }
        return role == .string ? nil : .roleNotString(messageCount, role)
    }
}
