// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

@Suite struct AnswerTailTests {
    private func usage(_ text: String, pieces: Int = 1_000_000) -> Usage? {
        let bytes = Bytes(text)
        var tail = AnswerTail()
        var position = 0
        while position < bytes.count {
            let end = min(position + pieces, bytes.count)
            let piece = bytes[position..<end]
            tail.observe(piece.span)
            position = end
        }
        return tail.finish()
    }

    private static let full = """
        {"id":"x","choices":[{"message":{"content":"\\"usage\\": {\\"prompt_tokens\\": 9} trap"}}],
        "usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46,
        "prompt_tokens_details":{"cached_tokens":5,"audio_tokens":0},
        "completion_tokens_details":{"reasoning_tokens":7}},"service_tier":"default"}
        """

    @Test("counts and details are read, whatever the pieces", arguments: [1, 2, 7, 64, 100_000])
    func reads(pieces: Int) {
        let found = usage(Self.full, pieces: pieces)
        #expect(found?.inputTokens == 12)
        #expect(found?.outputTokens == 34)
        #expect(found?.totalTokens == 46)
        #expect(found?.cachedInputTokens == 5)
        #expect(found?.reasoningTokens == 7)
    }

    @Test("only the top-level member counts")
    func nested() {
        #expect(usage(#"{"a":{"usage":{"prompt_tokens":1}}}"#) == nil)
        #expect(
            usage(#"{"usage":{"prompt_tokens":3},"a":{"usage":{"prompt_tokens":1}}}"#)?.inputTokens
                == 3)
        #expect(
            usage(#"{"a":[{"usage":{"prompt_tokens":1}}],"usage":{"prompt_tokens":2}}"#)?
                .inputTokens == 2)
    }

    @Test(
        "what is no usage gives none",
        arguments: [
            "", "{}", "not json", #"{"usage":null}"#, #"{"usage":5}"#,
            #"{"usage":{"prompt_tokens":1}"#,
            #"{"x\"usage":{"prompt_tokens":1}}"#, #"{"usage":[1]}"#, #"["usage"]"#,
        ])
    func none(text: String) { #expect(usage(text) == nil) }

    @Test("a long answer is read from its end, without being kept")
    func long() {
        let text =
            #"{"data":""# + String(repeating: "x", count: 300_000)
            + #"","usage":{"prompt_tokens":8}}"#
        for pieces in [1_000, 16_384, 65_536, 1_000_000] {
            #expect(usage(text, pieces: pieces)?.inputTokens == 8)
        }
    }

    @Test("odd numbers are no counts")
    func numbers() {
        let found = usage(
            #"{"usage":{"prompt_tokens":1.5,"completion_tokens":99999999999999999999,"#
                + #""total_tokens":-3}}"#
        )
        #expect(found?.inputTokens == 0)
        #expect(found?.outputTokens == 0)
        #expect(found?.totalTokens == nil)
    }

    @Test(
        "each format has its own counts",
        arguments: [
            (
                WireFormat.cohereChat,
                #"{"message":{"content":[{"text":"\"billed_units\":{\"input_tokens\":9}"}]},"#
                    + #""usage":{"billed_units":{"input_tokens":3.0,"output_tokens":4},"#
                    + #""tokens":{"input_tokens":70,"output_tokens":5}}}"#, 3, 4
            ),
            (.cohereChat, #"{"usage":{"tokens":{"input_tokens":7,"output_tokens":5}}}"#, 7, 5),
            (.cohereChat, #"{"embeddings":{},"meta":{"billed_units":{"input_tokens":6}}}"#, 6, 0),
            (
                .ollamaChat,
                "{\"message\":{\"content\":\"a\"},\"done\":false}\n"
                    + "{\"done\":true,\"prompt_eval_count\": 8,\"eval_count\":2}\n", 8, 2
            ),
            (.ollamaChat, #"{"done":true,"eval_count":2}"#, 0, 2),
        ] as [(WireFormat, String, Int, Int)])
    func formats(format: WireFormat, text: String, input: Int, output: Int) {
        let usage = AnswerTail.usage(in: Bytes(text).span, format)
        #expect(usage == Usage(inputTokens: input, outputTokens: output))
        #expect(AnswerTail.usage(in: Bytes("{}").span, format) == nil)
    }
}
