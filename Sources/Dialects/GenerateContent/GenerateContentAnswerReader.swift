// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a whole answer of Gemini's.
struct GenerateContentAnswerReader {
    let body: ChatBody

    static func read(_ bytes: Bytes) throws(ProviderError) -> ChatAnswer {
        let root: JSONSlice
        do throws(JSONFault) { root = try JSONScanner.validate(bytes.span) } catch {
            throw .malformed(error)
        }
        let reader = GenerateContentAnswerReader(body: ChatBody(bytes))
        do throws(RequestFault) {
            try reader.body.expect(.object, root)
            return try reader.answer(root)
        } catch {
            throw .malformed(error.message)
        }
    }

    private func answer(_ root: JSONSlice) throws(RequestFault) -> ChatAnswer {
        var answer = ChatAnswer()
        answer.extras = Extras(origin: .generateContent)
        var members = JSONMembers(of: root, in: body.bytes.span)
        while let member = members.next() {
            if body.isCalled(member, "candidates"), member.value.kind == .array {
                var elements = JSONElements(of: member.value, in: body.bytes.span)
                while let element = elements.next() {
                    let choice = try candidate(element, at: answer.choices.count)
                    answer.choices.append(choice)
                }
            } else if body.isCalled(member, "usagemetadata"), member.value.kind == .object {
                answer.usage = Usage(gemini: member.value, in: body)
                answer.rawUsage = body.raw(member.value)
            } else if body.isCalled(member, "responseid") {
                answer.head.id = EscapedText(member.value, in: body.bytes)
            } else if body.isCalled(member, "modelversion") {
                answer.head.model = EscapedText(member.value, in: body.bytes)
            } else {
                body.keep(member, in: &answer.extras)
            }
        }
        if answer.choices.isEmpty, let finish = blocked(root) {
            var choice = AnswerChoice()
            choice.finish = finish
            answer.choices.append(choice)
        }
        return answer
    }

    /// Why there are no candidates: the prompt was refused.
    func blocked(_ root: JSONSlice) -> Finish? {
        guard let feedback = body.loose("promptfeedback", of: root),
            let reason = body.looseText("blockreason", of: feedback)
        else { return nil }
        return Finish(.contentFilter, word: reason)
    }

    private func candidate(
        _ value: JSONSlice, at place: Int
    ) throws(RequestFault) -> AnswerChoice {
        try body.expect(.object, value)
        var choice = AnswerChoice()
        choice.index = place
        choice.extras = Extras(origin: .generateContent)
        var reason: EscapedText?
        var metadata: JSONSlice?
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isCalled(member, "groundingmetadata") { metadata = member.value }
            if body.isCalled(member, "content"), member.value.kind == .object {
                try readContent(member.value, &choice)
            } else if body.isCalled(member, "finishreason"), member.value.kind == .string {
                reason = try body.text(member.value)
            } else if body.isCalled(member, "index") {
                choice.index = max(0, try body.int(member.value))
                body.keep(member, in: &choice.extras, isCovered: true)
            } else if body.isCalled(member, "logprobsresult") {
                choice.logprobs = body.raw(member.value)
            } else {
                body.keep(member, in: &choice.extras)
            }
        }
        if let metadata { Grounding(metadata, in: body).distribute(to: &choice.parts) }
        let hasCalls = choice.parts.contains { part in
            if case .toolCall = part.kind { true } else { false }
        }
        choice.finish = reason.map { GenerateContentFinish.finish($0, hasCalls: hasCalls) }
        return choice
    }

    private func readContent(
        _ value: JSONSlice, _ choice: inout AnswerChoice
    ) throws(RequestFault) {
        choice.messageExtras = Extras(origin: .generateContent)
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isCalled(member, "parts"), !member.value.content.isEmpty {
                choice.parts = try GenerateContentPartReader(body: body).parts(member.value)
            } else {
                body.keep(member, in: &choice.messageExtras, isCovered: true)
            }
        }
    }
}
