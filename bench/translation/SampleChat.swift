// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON

/// A request of 1 KB with one tool, and its answer, in each format.
struct SampleChat {
    let request: Bytes
    let answer: Bytes

    init(_ format: WireFormat) {
        do {
            let chat = try Translator.request(Self.request, in: .chatCompletions)
            let answer = try Translator.answer(Self.answer, in: .chatCompletions)
            var notes = TranslationNotes()
            let target = TargetTraits(model: EscapedText("gpt-4o-mini"))
            if format == .chatCompletions {
                self.request = Self.request
                self.answer = Self.answer
                return
            }
            self.request = try Translator.body(of: chat, in: format, for: target, notes: &notes)
            self.answer = Translator.body(of: answer, in: format, for: .sample)
        } catch {
            preconditionFailure("the samples are good: \(error)")
        }
    }

    private static let prose =
        "A gateway stands between those who ask and those who answer, and keeps the accounts. "

    private static let request = Bytes(
        #"{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Answer in a sentence."},"#
            + #"{"role":"user","content":"\#(prose)\#(prose)What is it?"},"#
            + #"{"role":"assistant","content":"\#(prose)"},"#
            + #"{"role":"user","content":"\#(prose)\#(prose)And how fast?\nTell me."}],"#
            + #""tools":[{"type":"function","function":{"name":"weather","description":"Tells.","#
            + #""parameters":{"type":"object","properties":{"city":{"type":"string"}},"#
            + #""required":["city"]}}}],"temperature":0.7,"max_tokens":256}"#)

    private static let answer = Bytes(
        #"{"id":"chatcmpl-ASv9XLlMmT7H3cf50dNTesHDBDwX5","object":"chat.completion","#
            + #""created":1731456243,"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"#
            + #""message":{"role":"assistant","content":"\#(prose)\#(prose)","refusal":null},"#
            + #""logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"#
            + #""completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"#
            + #""cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"#
            + #""reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"#
            + #""rejected_prediction_tokens":0}},"#
            + #""service_tier":"default","system_fingerprint":"fp_0ba0d124f1"}"#)
}

extension CallerTraits {
    static let sample: CallerTraits = {
        var caller = CallerTraits(
            model: EscapedText("gpt-4o"), now: 1_731_456_243, exchangeID: "0198c0de5a1e7c0ffee0")
        caller.includesUsage = true
        return caller
    }()
}
