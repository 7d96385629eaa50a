// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a whole answer of Anthropic's.
enum MessagesAnswerReader {
    static func read(_ bytes: Bytes) throws(ProviderError) -> ChatAnswer {
        do throws(JSONFault) { _ = try JSONScanner.validate(bytes.span) } catch {
            throw .malformed(error)
        }
        do throws(RequestFault) { return try answer(ChatBody(bytes)) } catch {
            throw .malformed(error.message)
        }
    }

    private static func answer(_ body: ChatBody) throws(RequestFault) -> ChatAnswer {
        var answer = ChatAnswer()
        answer.extras = Extras(origin: .messages)
        var choice = AnswerChoice()
        var reason: EscapedText?
        var stopSequence: EscapedText?
        var hasContent = false
        var members = JSONMembers(in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "content") {
                choice.parts = try MessagesBlockReader(body: body).content(member.value).parts
                hasContent = true
            } else if body.isNamed(member, "stop_reason") {
                reason = EscapedText(member.value, in: body.bytes)
            } else if body.isNamed(member, "stop_sequence") {
                stopSequence = EscapedText(member.value, in: body.bytes)
            } else {
                try readRest(member, body, &answer)
            }
        }
        guard hasContent else { throw .missing("content") }
        choice.finish = reason.map { MessagesFinish.finish($0, stopSequence: stopSequence) }
        answer.choices.append(choice)
        return answer
    }

    private static func readRest(
        _ member: JSONMember, _ body: ChatBody, _ answer: inout ChatAnswer
    ) throws(RequestFault) {
        if body.isNamed(member, "id") {
            answer.head.id = try body.text(member.value)
        } else if body.isNamed(member, "model") {
            answer.head.model = try body.text(member.value)
        } else if body.isNamed(member, "usage"), member.value.kind == .object {
            var usage = MessagesUsage()
            usage.read(member.value, in: body)
            answer.usage = usage.usage
            answer.rawUsage = body.raw(member.value)
            let tier = body.member("service_tier", of: member.value)
            answer.head.serviceTier = tier.flatMap { EscapedText($0, in: body.bytes) }
        } else if !body.isNamed(member, "type"), !body.isNamed(member, "role") {
            body.keep(member, in: &answer.extras)
        }
    }
}
