// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads one event of a Gemini stream in the pass that validates it.
struct GenerateContentEventReader {
    let body: ChatBody
    private(set) var answer = ChatAnswer()
    private(set) var hasError = false
    /// The first thing in it that is of the wrong type.
    private(set) var fault: RequestFault?

    init(_ data: Bytes) { body = ChatBody(data) }

    /// False if the event is no object.
    mutating func read() throws(JSONFault) -> Bool {
        let bytes = body.bytes
        var scanner = JSONScanner(bytes.span)
        guard try scanner.enterObject() else {
            _ = try scanner.value()
            try scanner.finish()
            return false
        }
        let start = scanner.position - 1
        while let key = try scanner.nextKey() {
            if body.isCalled(key, "candidates"), try scanner.peekKind() == .array {
                _ = try scanner.enterArray()
                while try scanner.nextElement() { try candidate(&scanner) }
                continue
            }
            let value = try scanner.value()
            if body.isCalled(key, "usagemetadata"), value.kind == .object {
                answer.usage = Usage(gemini: value, in: body)
            } else if body.isCalled(key, "responseid") {
                answer.head.id = EscapedText(value, in: bytes)
            } else if body.isCalled(key, "modelversion") {
                answer.head.model = EscapedText(value, in: bytes)
            } else if body.isCalled(key, "error") {
                hasError = true
            }
        }
        try scanner.finish()
        if answer.choices.isEmpty {
            let root = JSONSlice(kind: .object, range: start..<bytes.count)
            noteRefusal(GenerateContentAnswerReader(body: body).blocked(root))
        }
        return true
    }

    private mutating func noteRefusal(_ finish: Finish?) {
        guard let finish else { return }
        var choice = AnswerChoice()
        choice.finish = finish
        answer.choices.append(choice)
    }

    private mutating func candidate(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard try scanner.enterObject() else {
            let value = try scanner.value()
            fault = fault ?? body.wrongType(value, "an object")
            return
        }
        var choice = AnswerChoice()
        choice.index = answer.choices.count
        var reason: EscapedText?
        while let key = try scanner.nextKey() {
            if body.isCalled(key, "content"), try scanner.enterObject() {
                try content(&scanner, &choice)
                continue
            }
            let value = try scanner.value()
            if body.isCalled(key, "finishreason") {
                reason = EscapedText(value, in: body.bytes)
            } else if body.isCalled(key, "index") {
                do throws(RequestFault) { choice.index = max(0, try body.int(value)) } catch {
                    fault = fault ?? error
                }
            } else if body.isCalled(key, "logprobsresult") {
                choice.logprobs = body.raw(value)
            } else if body.isCalled(key, "groundingmetadata") {
                // Its places are bytes of a text that has passed: they cannot be turned.
                for support in Grounding(value, in: body).supports {
                    choice.citations.append(Grounding.json(support, 0..<0))
                }
            }
        }
        let hasCalls = choice.parts.contains { part in
            if case .toolCall = part.kind { true } else { false }
        }
        choice.finish = reason.map { GenerateContentFinish.finish($0, hasCalls: hasCalls) }
        answer.choices.append(choice)
    }

    private mutating func content(
        _ scanner: inout JSONScanner, _ choice: inout AnswerChoice
    ) throws(JSONFault) {
        while let key = try scanner.nextKey() {
            let value = try scanner.value()
            guard body.isCalled(key, "parts"), !value.content.isEmpty else { continue }
            do throws(RequestFault) {
                choice.parts = try GenerateContentPartReader(body: body).parts(value)
            } catch { fault = fault ?? error }
        }
    }
}
