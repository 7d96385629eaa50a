// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects

/// A stream as a provider sends it: how it begins, the piece that makes up most of it, its end.
struct SampleStream {
    let head: [Bytes]
    let piece: Bytes
    let tail: [Bytes]

    init(_ format: WireFormat) {
        switch format {
        case .chatCompletions:
            head = [Self.chatPiece(#"{"role":"assistant","content":"","refusal":null}"#, "null")]
            piece = Self.chatPiece(#"{"content":" gateway"}"#, "null")
            tail = [Self.chatPiece("{}", #""stop""#), "data: [DONE]\n\n"]
        case .responses:
            head = [
                Self.named("response.created", #""response":{"id":"resp_1","model":"gpt-4o"}"#),
                Self.named(
                    "response.output_item.added",
                    #""output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","#
                        + #""status":"in_progress","content":[]}"#),
                Self.named("response.content_part.added", Self.part + #","part":{}"#),
            ]
            piece = Self.named(
                "response.output_text.delta",
                Self.part + #","delta":" gateway","logprobs":[],"obfuscation":"Mt4qQvWz""#)
            tail = [
                Self.named(
                    "response.completed",
                    #""response":{"id":"resp_1","status":"completed","model":"gpt-4o","output":[],"#
                        + #""usage":{"input_tokens":9,"output_tokens":5,"total_tokens":14}}"#)
            ]
        case .messages:
            head = [
                Self.named(
                    "message_start",
                    #""message":{"id":"msg_1","type":"message","role":"assistant","#
                        + #""model":"claude","content":[],"usage":{"input_tokens":9}}"#),
                Self.named(
                    "content_block_start",
                    #""index":0,"content_block":{"type":"text","text":""}"#),
            ]
            piece = Self.named(
                "content_block_delta",
                #""index":0,"delta":{"type":"text_delta","text":" gateway"}"#)
            tail = [
                Self.named("content_block_stop", #""index":0"#),
                Self.named(
                    "message_delta",
                    #""delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}"#),
                Self.named("message_stop", #""none":0"#),
            ]
        case .generateContent:
            head = []
            piece = Self.geminiPiece("")
            tail = [Self.geminiPiece(#","finishReason":"STOP""#)]
        case .ollamaChat:
            head = []
            piece = Self.ollamaPiece(#""done":false"#)
            tail = [Self.ollamaPiece(#""done":true,"done_reason":"stop","eval_count":5"#)]
        case .cohereChat:
            head = [
                Self.named("message-start", #""id":"c1","delta":{"message":{"role":"assistant"}}"#),
                Self.named("content-start", #""index":0,"delta":{"message":{"content":{}}}"#),
            ]
            piece = Self.named(
                "content-delta",
                #""index":0,"delta":{"message":{"content":{"text":" gateway"}}}"#)
            tail = [
                Self.named("content-end", #""index":0"#),
                Self.named("message-end", #""delta":{"finish_reason":"COMPLETE"}"#),
            ]
        }
    }

    private static let part =
        #""item_id":"msg_68af4030592c81938ec0a5fbab4a3e9f05438e46b5f69a3b","output_index":0,"#
        + #""content_index":0,"sequence_number":7"#

    private static func chatPiece(_ delta: String, _ finish: String) -> Bytes {
        Bytes(
            #"data: {"id":"chatcmpl-ASv9XLlMmT7H3cf50dNTesHDBDw","object":"chat.completion.chunk","#
                + #""created":1731456243,"model":"gpt-4o-mini-2024-07","service_tier":"default","#
                + #""system_fingerprint":"fp_0ba0d124f1","choices":[{"index":0,"delta":\#(delta),"#
                + #""logprobs":null,"finish_reason":\#(finish)}],"usage":null}"# + "\n\n")
    }

    private static func named(_ name: String, _ members: String) -> Bytes {
        Bytes("event: \(name)\ndata: {\"type\":\"\(name)\",\(members)}\n\n")
    }

    private static func geminiPiece(_ more: String) -> Bytes {
        Bytes(
            #"data: {"candidates": [{"content": {"parts": [{"text": " gateway"}],"role": "model"},"#
                + #""index": 0\#(more)}],"usageMetadata": {"promptTokenCount": 9,"#
                + #""candidatesTokenCount": 5,"totalTokenCount": 14,"promptTokensDetails": "#
                + #"[{"modality": "TEXT","tokenCount": 9}]},"modelVersion": "gemini-2.5-flash","#
                + #""responseId": "tG1HaKqvA8mS1PIP5ebYqQ4"}"# + "\r\n\r\n")
    }

    private static func ollamaPiece(_ end: String) -> Bytes {
        Bytes(
            #"{"model":"llama3.2","created_at":"2025-06-04T15:50:37.236415Z","message":"#
                + #"{"role":"assistant","content":" gateway"},\#(end)}"# + "\n")
    }
}
