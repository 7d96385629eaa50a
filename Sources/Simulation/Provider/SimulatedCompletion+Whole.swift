// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

extension SimulatedCompletion {
    /// The answer in one piece, indented as the service does it.
    func wholeBody() -> Bytes {
        var writer = ByteWriter(capacity: 1024 + text.count * choices)
        writer.append("{\n  \"id\": ")
        writer.append(jsonString: id.span)
        writer.append(",\n  \"object\": ")
        writer.append(isChat ? "\"chat.completion\"" as StaticString : "\"text_completion\"")
        writer.append(",\n  \"created\": ")
        writer.append(decimal: created)
        writer.append(",\n  \"model\": ")
        writer.append(jsonString: model.span)
        writer.append(",\n  \"choices\": [")
        for index in 0..<choices {
            writer.append(index == 0 ? "\n" as StaticString : ",\n")
            if isChat {
                append(chatChoice: index, to: &writer)
            } else {
                append(textChoice: index, to: &writer)
            }
        }
        writer.append("\n  ],\n  \"usage\": ")
        append(indentedUsageTo: &writer)
        if isChat { writer.append(",\n  \"service_tier\": \"default\"") }
        if isChat { writer.append(",\n  \"system_fingerprint\": \"fp_simulated\"") }
        writer.append("\n}\n")
        return writer.finish()
    }

    private func append(chatChoice index: Int, to writer: inout ByteWriter) {
        writer.append("    {\n      \"index\": ")
        writer.append(decimal: index)
        writer.append(",\n      \"message\": {\n        \"role\": \"assistant\",\n")
        writer.append("        \"content\": ")
        if calls.isEmpty {
            writer.append(jsonString: text.span)
        } else {
            writer.append("null,\n        \"tool_calls\": [")
            for (position, call) in calls.enumerated() {
                writer.append(position == 0 ? "\n" as StaticString : ",\n")
                append(call, to: &writer)
            }
            writer.append("\n        ]")
        }
        writer.append(",\n        \"refusal\": null,\n        \"annotations\": []\n      },\n")
        writer.append("      \"logprobs\": null,\n      \"finish_reason\": \"")
        writer.append(finishReason)
        writer.append("\"\n    }")
    }

    private func append(_ call: Call, to writer: inout ByteWriter) {
        writer.append("          {\n            \"id\": ")
        writer.append(jsonString: call.id.span)
        writer.append(",\n            \"type\": \"function\",\n            \"function\": {\n")
        writer.append("              \"name\": ")
        writer.append(jsonString: call.name.span)
        writer.append(",\n              \"arguments\": ")
        writer.append(jsonString: call.arguments.span)
        writer.append("\n            }\n          }")
    }

    private func append(textChoice index: Int, to writer: inout ByteWriter) {
        writer.append("    {\n      \"text\": ")
        writer.append(jsonString: text.span)
        writer.append(",\n      \"index\": ")
        writer.append(decimal: index)
        writer.append(",\n      \"logprobs\": null,\n      \"finish_reason\": \"")
        writer.append(finishReason)
        writer.append("\"\n    }")
    }

    private func append(indentedUsageTo writer: inout ByteWriter) {
        writer.append("{\n    \"prompt_tokens\": ")
        writer.append(decimal: promptTokens)
        writer.append(",\n    \"completion_tokens\": ")
        writer.append(decimal: completionTokens)
        writer.append(",\n    \"total_tokens\": ")
        writer.append(decimal: promptTokens + completionTokens)
        guard isChat else { return writer.append("\n  }") }
        writer.append(",\n    \"prompt_tokens_details\": {\n      \"cached_tokens\": 0,\n")
        writer.append("      \"audio_tokens\": 0\n    },\n    \"completion_tokens_details\": {\n")
        writer.append("      \"reasoning_tokens\": 0,\n      \"audio_tokens\": 0,\n")
        writer.append("      \"accepted_prediction_tokens\": 0,\n")
        writer.append("      \"rejected_prediction_tokens\": 0\n    }\n  }")
    }
}
