// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// The one answer of the behaviour `static`: a chat completion of about a kilobyte, made once.
enum ConstantAnswer {
    static let bytes: Bytes = {
        var body = ByteWriter(capacity: 1024)
        body.append("{\"id\":\"chatcmpl-simulated\",\"object\":\"chat.completion\",")
        body.append("\"created\":1767225600,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,")
        body.append("\"message\":{\"role\":\"assistant\",\"content\":\"")
        for _ in 0..<12 { body.append("A constant answer says the same to everybody. ") }
        body.append("\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],")
        body.append("\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":96,")
        body.append("\"total_tokens\":108,\"prompt_tokens_details\":{\"cached_tokens\":0}},")
        body.append("\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\"}\n")
        var answer = ByteWriter(capacity: 1536)
        answer.appendStatusLine(200)
        answer.appendField("content-type", "application/json" as StaticString)
        answer.appendField("content-length", body.count)
        answer.appendField("x-request-id", "req_simulated" as StaticString)
        answer.appendHeadEnd()
        answer.append(body.span)
        return answer.finish()
    }()
}
