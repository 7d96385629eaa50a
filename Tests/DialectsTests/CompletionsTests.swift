// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

@Suite struct CompletionsTests {
    @Test("a prompt is a chat of one message", arguments: [#""hi""#, #"["hi"]"#])
    func prompt(value: String) throws {
        let body = Bytes(#"{"model":"m","prompt":\#(value),"max_tokens":5,"logprobs":2,"x":1}"#)
        let request = try CompletionsFormat.request(from: body)
        #expect(request.messages.count == 1)
        #expect(request.maxTokens == 5)
        #expect(request.sampling.topLogprobs == 2)
        #expect(request.extras["x"] == "1")
    }

    @Test(
        "what no chat can say is refused by name",
        arguments: [
            (#""prompt":[1,2]"#, "prompt"), (#""prompt":["a","b"]"#, "prompt"),
            (#""prompt":"a","echo":true"#, "echo"), (#""x":1"#, "prompt"),
        ])
    func refused(members: String, param: String) {
        let body = Bytes(#"{"model":"m",\#(members)}"#)
        let fault = #expect(throws: RequestFault.self) {
            try CompletionsFormat.request(from: body)
        }
        #expect(fault?.param == Bytes(param))
    }

    @Test("an answer and a stream say the same")
    func answers() {
        let caller = GoldenFormat.caller(EscapedText("m"))
        var choice = AnswerChoice()
        choice.parts = [ContentPart(.text(EscapedText("a\n")))]
        choice.finish = Finish(.length)
        var answer = ChatAnswer()
        answer.choices = [choice]
        let whole = GoldenJSON(CompletionsFormat.body(of: answer, for: caller))
        #expect(whole["choices"]?.elements.first?["text"]?.string == "a\n")
        var frame = StreamFrame()
        frame.events = [.text(EscapedText("a\n")), .finish(Finish(.length)), .usage(Usage())]
        var encoder = CompletionsEncoder(for: caller)
        var writer = ByteWriter()
        encoder.append(frame, to: &writer)
        encoder.finish(&writer)
        let events = GoldenEvent.events(of: writer.finish(), format: .chatCompletions)
        #expect(events.count == 4)
        let end = GoldenJSON(events[1].data)["choices"]?.elements.first?["finish_reason"]
        #expect(end?.string == whole["choices"]?.elements.first?["finish_reason"]?.string)
        #expect(events.last?.data == "[DONE]")
    }
}
