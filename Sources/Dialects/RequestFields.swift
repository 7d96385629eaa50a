// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Turns the noted values of a request into typed ones, or tells which is wrong.
struct RequestFields {
    let scan: RequestScan
    let body: Bytes

    func model() throws(RequestFault) -> (text: Bytes, range: Range<Int>) {
        guard let slice = scan[.model] else { throw .missing("model") }
        guard let text = slice.string(in: body) else {
            throw .wrongType("model", expected: "a string", found: slice.kind)
        }
        guard !text.isEmpty else { throw .invalid("model", " must not be empty.") }
        return (text, slice.range)
    }

    /// Checks the member that holds what is to be worked on.
    func inputRange(of operation: Operation) throws(RequestFault) -> Range<Int> {
        let field: RequestField
        switch operation {
        case .completions: field = .prompt
        case .embeddings, .ollamaEmbed: field = .input
        case .chatCompletions, .messages, .countMessageTokens, .cohereChat, .ollamaChat:
            field = .messages
        case .responses:
            // A stored prompt or conversation may stand in its place.
            return scan[.input]?.range ?? 0..<0
        // What Cohere embeds has one of three names.
        case .gemini, .cohereEmbed: return 0..<0
        case .models, .model, .geminiModels, .geminiModel, .ollamaModels, .ollamaVersion:
            return 0..<0
        }
        guard let slice = scan[field] else { throw .missing(field.path) }
        if field == .messages {
            guard slice.kind == .array else {
                throw .wrongType("messages", expected: "an array", found: slice.kind)
            }
            try checkMessages()
        } else if slice.kind != .string && slice.kind != .array {
            throw .wrongType(field.path, expected: "a string or an array", found: slice.kind)
        }
        return slice.range
    }

    private func checkMessages() throws(RequestFault) {
        guard scan.messageCount > 0 else { throw .invalid("messages", " must not be empty.") }
        switch scan.messageProblem {
        case nil: return
        case .notObject(let index, let kind):
            throw .wrongType(Self.path(index, ""), expected: "an object", found: kind)
        case .roleMissing(let index): throw .missing(Self.path(index, ".role"))
        case .roleNotString(let index, let kind):
            throw .wrongType(Self.path(index, ".role"), expected: "a string", found: kind)
        }
    }

    private static func path(_ index: Int, _ rest: StaticString) -> Bytes {
        var writer = ByteWriter(capacity: 32)
        writer.append("messages[")
        writer.append(decimal: index)
        writer.append("]")
        writer.append(rest)
        return writer.finish()
    }

    /// A member that is neither absent nor null, which say the same.
    private func given(_ field: RequestField) -> JSONSlice? {
        guard let slice = scan[field], slice.kind != .null else { return nil }
        return slice
    }

    func bool(_ field: RequestField) throws(RequestFault) -> Bool? {
        guard let slice = given(field) else { return nil }
        guard let value = slice.bool(in: body.span) else {
            throw .wrongType(field.path, expected: "a boolean", found: slice.kind)
        }
        return value
    }

    func string(_ field: RequestField) throws(RequestFault) -> Bytes? {
        guard let slice = given(field) else { return nil }
        guard let value = slice.string(in: body) else {
            throw .wrongType(field.path, expected: "a string", found: slice.kind)
        }
        return value
    }

    func int(_ field: RequestField, atLeast minimum: Int) throws(RequestFault) -> Int? {
        guard let slice = given(field) else { return nil }
        guard slice.kind == .number else {
            throw .wrongType(field.path, expected: "an integer", found: slice.kind)
        }
        guard let value = slice.int(in: body.span) else {
            throw .invalid(field.path, " must be an integer.")
        }
        guard value >= minimum else {
            throw .invalid(
                field.path, minimum == 0 ? " must not be negative." : " must be at least 1.")
        }
        return value
    }

    /// Whether a stream is asked for, in a format whose path may say so.
    func isStreaming(_ operation: Operation) throws(RequestFault) -> Bool {
        if case .gemini(let method, _) = operation { return method == .streamGenerateContent }
        // Ollama streams unless told not to.
        return try bool(.stream) ?? (operation == .ollamaChat)
    }

    /// What the caller wants about usage in the stream, and how to want it in the caller's place.
    func streamOptions() throws(RequestFault) -> (includesUsage: Bool, edit: UsageEdit) {
        guard let slice = scan[.streamOptions] else {
            return (false, .insertMember(at: scan.closingBrace))
        }
        if slice.kind == .null { return (false, .replaceOptions(slice.range)) }
        guard slice.kind == .object else {
            throw .wrongType("stream_options", expected: "an object", found: slice.kind)
        }
        let span = body.span
        var members = JSONMembers(of: slice, in: span)
        var isEmpty = true
        while let member = members.next() {
            isEmpty = false
            guard member.key.equals("include_usage", in: span) else { continue }
            guard let value = member.value.bool(in: span) else {
                guard member.value.kind == .null else {
                    throw .wrongType(
                        "stream_options.include_usage", expected: "a boolean",
                        found: member.value.kind)
                }
                return (false, .replaceFlag(member.value.range))
            }
            return (value, .replaceFlag(member.value.range))
        }
        return (false, .insertFlag(at: slice.range.lowerBound + 1, isAlone: isEmpty))
    }
}
