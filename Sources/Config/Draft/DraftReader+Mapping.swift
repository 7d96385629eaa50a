// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON

/// How a provider that nobody foresaw differs from the format of its calls.
extension DraftReader {
    mutating func mapping(_ node: YAMLNode?) -> FieldMapping? {
        guard let fields = fields(node, of: .mapping) else { return nil }
        var mapping = FieldMapping()
        readRequest(fields["request"], into: &mapping.request)
        if let answer = self.fields(fields["answer"], of: .mappedAnswer) {
            var places = FieldMapping.AnswerPlaces()
            readPlaces(answer, into: &places)
            if places.text == nil { _ = required("text", in: answer, example: "result.text") }
            mapping.answer = places
        }
        mapping.stream = stream(fields["stream"])
        if let error = self.fields(fields["error"], of: .mappedError) {
            var places = FieldMapping.ErrorPlaces()
            places.message = place(error["message"], "message")
            places.code = place(error["code"], "code")
            mapping.error = places
        }
        readWords(fields["finish_words"], into: &mapping)
        readStatuses(fields["statuses"], into: &mapping)
        return mapping
    }

    private mutating func readRequest(
        _ node: YAMLNode?, into changes: inout FieldMapping.RequestChanges
    ) {
        guard let fields = fields(node, of: .mappedRequest) else { return }
        for node in list(fields["drop"], "drop", example: "[stream_options]") ?? [] {
            if let read = text(node, "drop", "a member's name") { changes.drop.append(read.text) }
        }
        for pair in pairs(fields["rename"], "rename", example: "{ messages: input.messages }") {
            guard let path = place(pair.value, pair.key) else { continue }
            changes.rename.append(FieldMapping.Rename(name: pair.key, path: path))
        }
        for pair in pairs(fields["set"], "set", example: "{ options.raw: true }") {
            guard let path = FieldPath(pair.key), let value = json(pair.value, pair.key) else {
                continue
            }
            changes.set.append(FieldMapping.Addition(path: path, value: value))
        }
    }

    private mutating func stream(_ node: YAMLNode?) -> FieldMapping.StreamPlaces? {
        guard let fields = fields(node, of: .mappedStream) else { return nil }
        var stream = FieldMapping.StreamPlaces()
        if let framing = choice(fields["framing"], "framing", as: StreamFraming.self) {
            stream.framing = framing.value
        }
        if let read = text(fields["done"], "done", "text such as [DONE]") {
            stream.done = Bytes(read.text)
        }
        readPlaces(fields, into: &stream.places)
        if stream.places.text == nil { _ = required("text", in: fields, example: "delta.text") }
        return stream
    }

    private mutating func readPlaces(
        _ fields: Fields, into places: inout FieldMapping.AnswerPlaces
    ) {
        places.text = place(fields["text"], "text")
        places.reasoning = place(fields["reasoning"], "reasoning")
        places.finish = place(fields["finish"], "finish")
        places.inputTokens = place(fields["input_tokens"], "input_tokens")
        places.outputTokens = place(fields["output_tokens"], "output_tokens")
        places.id = place(fields["id"], "id")
    }

    private mutating func place(_ node: YAMLNode?, _ key: String) -> FieldPath? {
        let expected = "a place such as choices.0.text"
        guard let read = text(node, key, expected) else { return nil }
        guard let path = FieldPath(read.text) else {
            refuse(read, key, expected)
            return nil
        }
        return path
    }

    private mutating func readWords(_ node: YAMLNode?, into mapping: inout FieldMapping) {
        for pair in pairs(node, "finish_words", example: "{ eos: stop, max: length }") {
            guard let word = choice(pair.value, pair.key, as: FinishWord.self) else { continue }
            mapping.finishWords[pair.key] = word.value.reason
        }
    }

    private mutating func readStatuses(_ node: YAMLNode?, into mapping: inout FieldMapping) {
        for pair in pairs(node, "statuses", example: "{ 418: 429 }") {
            guard let from = Int(pair.key), (300...599).contains(from) else {
                diagnostics.fault(
                    pair.keyPosition,
                    "\(quoted(pair.key)) is no status of an error; write a number from 300 to 599")
                continue
            }
            guard let status = integer(pair.value, pair.key, in: 400...599) else { continue }
            mapping.statuses[from] = status.value
        }
    }

    private mutating func pairs(
        _ node: YAMLNode?, _ key: String, example: String
    ) -> [YAMLPair] {
        guard let node else { return [] }
        if case .mapping(let pairs) = node.content { return pairs }
        wrongType(node, "'\(key)' must be a mapping such as \(example)")
        return []
    }

    /// A plain number, true, false or null as itself, any other text as a JSON string.
    private mutating func json(_ node: YAMLNode, _ key: String) -> Bytes? {
        guard let read = text(node, key, "a value") else { return nil }
        let isLiteral =
            ["true", "false"].contains(read.text) || Double(read.text)?.isFinite == true
        if isLiteral, !read.isQuotedLiteral { return Bytes(read.text) }
        var writer = ByteWriter()
        writer.append(jsonString: Bytes(read.text).span)
        return writer.finish()
    }
}

/// The reasons that a provider's words can be mapped to.
private enum FinishWord: String, CaseIterable {
    case stop, length, refusal
    case toolCalls = "tool_calls"
    case contentFilter = "content_filter"

    var reason: FinishReason {
        switch self {
        case .stop: .stop
        case .length: .length
        case .refusal: .refusal
        case .toolCalls: .toolCalls
        case .contentFilter: .contentFilter
        }
    }
}
