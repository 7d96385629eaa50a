// SPDX-License-Identifier: Apache-2.0
public import Core
internal import JSON

extension FieldMapping {
    /// Reads a whole answer, by its places or as the known format has it.
    public func answer(
        _ body: Bytes, in format: WireFormat
    ) throws(ProviderError) -> ChatAnswer {
        guard let answer else { return try Translator.answer(body, in: format) }
        do throws(JSONFault) { _ = try JSONScanner.validate(body.span) } catch {
            throw .malformed(error)
        }
        guard let text = answer.text?.find(in: body.span).flatMap({ EscapedText($0, in: body) })
        else { throw .malformed("The provider's answer has no text where it was said to be.") }
        var result = ChatAnswer()
        result.head.id = Self.text(answer.id, body)
        var choice = AnswerChoice()
        if let thought = Self.text(answer.reasoning, body) {
            choice.parts.append(ContentPart(.reasoning(Thought(text: thought))))
        }
        choice.parts.append(ContentPart(.text(text)))
        choice.finish = finish(answer.finish, body) ?? Finish(.stop)
        result.choices = [choice]
        result.usage = Self.usage(answer, body)
        return result
    }

    /// Reads an error, by its places or as the known format has it.
    public func error(_ body: Bytes, status: Int, in format: WireFormat) -> ProviderError {
        let status = statuses[status] ?? status
        var told = Translator.error(body, status: status, in: format)
        guard let error else { return told }
        if let message = Self.text(error.message, body) { told.message = message.decoded }
        if let code = Self.text(error.code, body) { told.code = code.decoded }
        return told
    }

    static func text(_ path: FieldPath?, _ body: Bytes) -> EscapedText? {
        guard let slice = path?.find(in: body.span) else { return nil }
        if let text = EscapedText(slice, in: body) { return text }
        return slice.kind == .number ? EscapedText(body[slice.range].string) : nil
    }

    func finish(_ path: FieldPath?, _ body: Bytes) -> Finish? {
        guard let word = Self.text(path, body) else { return nil }
        return Finish(finishWords[word.decoded.string] ?? .other, word: word)
    }

    static func usage(_ places: AnswerPlaces, _ body: Bytes) -> Usage? {
        let input = places.inputTokens?.find(in: body.span)?.int(in: body.span)
        let output = places.outputTokens?.find(in: body.span)?.int(in: body.span)
        guard input != nil || output != nil else { return nil }
        return Usage(inputTokens: max(input ?? 0, 0), outputTokens: max(output ?? 0, 0))
    }
}
