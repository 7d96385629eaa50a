// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads a response object, whole or inside a stream's event.
struct ResponsesAnswerReader {
    private let body: ChatBody
    private var answer = ChatAnswer()
    private var choice = AnswerChoice()
    private var status: EscapedText?
    private var details: JSONSlice?

    init(_ bytes: Bytes) { body = ChatBody(bytes) }

    consuming func read(_ root: JSONSlice) throws(ProviderError) -> ChatAnswer {
        let bytes = body.bytes
        answer.extras.origin = .responses
        var hasOutput = false
        var members = JSONMembers(of: root, in: bytes.span)
        while let member = members.next() {
            let value = member.value
            if body.isNamed(member, "output"), value.kind == .array {
                hasOutput = true
                readOutput(value)
            } else if body.isNamed(member, "error"), value.kind == .object {
                throw OpenAIErrorReader.inStream(bytes, value)
            } else if !take(member) {
                body.keep(member, in: &answer.extras)
            }
        }
        guard hasOutput else { throw .malformed("The provider's answer has no output.") }
        choice.finish = finish()
        answer.choices = [choice]
        return answer
    }

    private mutating func take(_ member: JSONMember) -> Bool {
        let value = member.value
        let bytes = body.bytes
        if body.isNamed(member, "id"), let text = EscapedText(value, in: bytes) {
            answer.head.id = text
        } else if body.isNamed(member, "model"), let text = EscapedText(value, in: bytes) {
            answer.head.model = text
        } else if body.isNamed(member, "created_at"), let seconds = value.int(in: bytes.span) {
            answer.head.created = seconds
        } else if body.isNamed(member, "service_tier"), let text = EscapedText(value, in: bytes) {
            answer.head.serviceTier = text
        } else if body.isNamed(member, "usage"), let usage = Usage(value, in: bytes.span) {
            answer.usage = usage
            answer.rawUsage = body.raw(value)
        } else {
            if body.isNamed(member, "status") { status = EscapedText(value, in: bytes) }
            if body.isNamed(member, "incomplete_details") { details = value }
            return false
        }
        return true
    }

    private mutating func readOutput(_ list: JSONSlice) {
        let bytes = body.bytes
        var elements = JSONElements(of: list, in: bytes.span)
        while let element = elements.next() {
            choice.parts += ResponsesItem.mark(parts(element), whole: bytes[element.range])
            readOdds(element)
        }
    }

    /// The probabilities of all texts in one list.
    private mutating func readOdds(_ item: JSONSlice) {
        guard let content = body.member("content", of: item), content.kind == .array else { return }
        let bytes = body.bytes
        var elements = JSONElements(of: content, in: bytes.span)
        while let element = elements.next() {
            guard let list = ChatBody(bytes).member("logprobs", of: element),
                list.kind == .array, !list.isEmptyList(in: bytes.span)
            else { continue }
            choice.logprobs = TokenOdds.joined(choice.logprobs, bytes[list.range])
        }
    }

    private func parts(_ item: JSONSlice) -> [ContentPart] {
        let type = body.bytes.string("type", of: item) ?? EscapedText()
        do throws(RequestFault) {
            guard type.equals("message") else {
                return try ResponsesItem(item, type, body).parts
            }
            guard let content = body.member("content", of: item) else { return [] }
            var parts: [ContentPart] = []
            var elements = JSONElements(of: content, in: body.bytes.span)
            while let element = elements.next() {
                parts.append(try ResponsesPartReader(body).part(element))
            }
            return parts
        } catch {
            return [ContentPart(.foreign(type: type, json: body.raw(item)))]
        }
    }

    private func finish() -> Finish? {
        guard let status else { return nil }
        var finish = Finish(.other, word: status)
        if status.equals("completed") {
            finish.reason = choice.hasCalls ? .toolCalls : .stop
        } else if status.equals("incomplete") {
            let reason = details.flatMap { body.bytes.string("reason", of: $0) }
            finish.reason = reason?.equals("content_filter") == true ? .contentFilter : .length
        } else if status.equals("failed") || status.equals("cancelled") {
            finish.reason = .error
        }
        return finish
    }
}
