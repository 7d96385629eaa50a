// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a whole chat completion.
enum ChatCompletionsAnswerReader {
    static func read(_ bytes: Bytes) throws(ProviderError) -> ChatAnswer {
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(bytes.span) } catch {
            throw .malformed(error)
        }
        guard root.kind == .object else { throw .malformed("The provider's answer is no object.") }
        let body = ChatBody(bytes)
        var answer = ChatAnswer()
        answer.extras.origin = .chatCompletions
        var hasChoices = false
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            let name = bytes.span.extracting(member.key.content)
            if name.equals("choices"), member.value.kind == .array {
                hasChoices = true
                var elements = JSONElements(of: member.value, in: bytes.span)
                while let element = elements.next() {
                    answer.choices.append(choice(element, body))
                }
            } else if name.equals("usage"), let usage = Usage(member.value, in: bytes.span) {
                answer.usage = usage
                answer.rawUsage = body.raw(member.value)
            } else if name.equals("error"), !hasChoices, member.value.kind == .object {
                // OpenRouter answers 200 with an error inside.
                throw OpenAIErrorReader.inStream(bytes, member.value)
            } else if !answer.head.take(member, body) {
                body.keep(member, in: &answer.extras)
            }
        }
        guard hasChoices else { throw .malformed("The provider's answer has no choices.") }
        cite(searchResults(in: body, answer.extras), in: &answer)
        return answer
    }

    /// Perplexity's sources, which stand beside the choices: with their titles, or bare.
    private static func searchResults(in body: ChatBody, _ extras: Extras) -> [Bytes] {
        guard let list = extras["search_results"] ?? extras["citations"] else { return [] }
        return ChatBody(list).elements(of: list.root(.array))
    }

    private static func cite(_ sources: [Bytes], in answer: inout ChatAnswer) {
        guard !sources.isEmpty, !answer.choices.isEmpty else { return }
        cite(sources, in: &answer.choices[0])
    }

    /// Citations belong to the last text.
    private static func cite(_ sources: [Bytes], in choice: inout AnswerChoice) {
        let place = choice.parts.lastIndex { if case .text = $0.kind { true } else { false } }
        if let place { choice.parts[place].citations += sources }
    }

    private static func choice(_ element: JSONSlice, _ body: ChatBody) -> AnswerChoice {
        var choice = AnswerChoice()
        choice.extras.origin = .chatCompletions
        choice.messageExtras.origin = .chatCompletions
        var members = JSONMembers(of: element, in: body.bytes.span)
        while let member = members.next() {
            let value = member.value
            if body.isNamed(member, "index"), let index = value.int(in: body.bytes.span) {
                choice.index = index
            } else if body.isNamed(member, "message"), value.kind == .object {
                message(value, body, &choice)
            } else if body.isNamed(member, "finish_reason"),
                let word = EscapedText(value, in: body.bytes)
            {
                choice.finish = Finish(completionsWord: word)
            } else if body.isNamed(member, "logprobs"), value.kind == .object {
                choice.logprobs = body.raw(value)
            } else {
                body.keep(member, in: &choice.extras)
            }
        }
        return choice
    }

    private static func message(
        _ message: JSONSlice, _ body: ChatBody, _ choice: inout AnswerChoice
    ) {
        var thoughts = Extras(origin: .chatCompletions)
        var tail: [ContentPart] = []
        var content: [ContentPart] = []
        var members = JSONMembers(of: message, in: body.bytes.span)
        while let member = members.next() {
            let name = body.bytes.span.extracting(member.key.content)
            if name.equals("content") {
                readContent(member, body, &content, &choice.messageExtras)
            } else if name.equals("tool_calls"), readCalls(member.value, body, &tail) {
                continue
            } else if name.equals("refusal"), let text = EscapedText(member.value, in: body.bytes) {
                var part = ContentPart(.refusal(text))
                part.extras = ThoughtSpelling.besideContent
                content.append(part)
            } else if ThoughtSpelling.isName(name), member.value.kind != .null {
                body.keep(member, in: &thoughts, isCovered: true)
            } else {
                body.keep(member, in: &choice.messageExtras)
            }
        }
        ThoughtSpelling.read(thoughts, into: &choice.parts)
        choice.parts += content
        if let list = choice.messageExtras["annotations"] {
            cite(ChatBody(list).elements(of: list.root(.array)), in: &choice)
        }
        choice.parts += tail
    }

    /// Null and empty content are kept as they are; Mistral's is a list.
    private static func readContent(
        _ member: JSONMember, _ body: ChatBody, _ parts: inout [ContentPart],
        _ extras: inout Extras
    ) {
        if let text = EscapedText(member.value, in: body.bytes), !text.isEmpty {
            parts.append(ContentPart(.text(text)))
            return
        }
        body.keep(member, in: &extras, isCovered: true)
        let reader = ChatCompletionsPartReader(body)
        var elements = JSONElements(of: member.value, in: body.bytes.span)
        while let element = elements.next() {
            do throws(RequestFault) {
                parts.append(try reader.part(element))
            } catch {
                var part = ContentPart(
                    .foreign(type: EscapedText("part"), json: body.raw(element)))
                part.extras = ThoughtSpelling.besideContent
                parts.append(part)
            }
        }
    }

    private static func readCalls(
        _ list: JSONSlice, _ body: ChatBody, _ parts: inout [ContentPart]
    ) -> Bool {
        guard list.kind == .array, !list.isEmptyList(in: body.bytes.span) else { return false }
        var elements = JSONElements(of: list, in: body.bytes.span)
        while let element = elements.next() {
            if let part = ToolCallSpelling.read(element, in: body.bytes) { parts.append(part) }
        }
        return true
    }
}

extension AnswerHead {
    /// Takes one of the members that every completion and chunk has; false for any other.
    mutating func take(_ member: JSONMember, _ body: ChatBody) -> Bool {
        let value = member.value
        let name = body.bytes.span.extracting(member.key.content)
        if name.equals("id"), let text = EscapedText(value, in: body.bytes) {
            id = text
        } else if name.equals("model"), let text = EscapedText(value, in: body.bytes) {
            model = text
        } else if name.equals("created"), let seconds = value.int(in: body.bytes.span) {
            created = seconds
        } else if name.equals("service_tier"), let text = EscapedText(value, in: body.bytes) {
            serviceTier = text
        } else if name.equals("system_fingerprint"),
            let text = EscapedText(value, in: body.bytes)
        {
            fingerprint = text
        } else {
            return false
        }
        return true
    }
}
