// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the body of `POST /v1/chat/completions`.
struct ChatCompletionsRequestReader {
    let body: ChatBody
    var request = ChatRequest()
    private var olderLimit: Int?
    private var olderLimitMember: JSONMember?

    init(_ bytes: Bytes) {
        body = ChatBody(bytes)
        request.extras.origin = .chatCompletions
    }

    mutating func read() throws(RequestFault) -> ChatRequest {
        let bytes = body.bytes
        var hasMessages = false
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            let name = bytes.span.extracting(member.key.content)
            if member.value.kind == .null {
                // Model and messages are written anyway.
                if !name.equals("model"), !name.equals("messages") {
                    body.keep(member, in: &request.extras)
                }
            } else if name.equals("messages") {
                hasMessages = true
                try readMessages(member.value)
            } else {
                if try readCore(member, name) { continue }
                if try readSampling(member, name) { continue }
                if try readOptions(member, name) { continue }
                body.keep(member, in: &request.extras)
            }
        }
        guard hasMessages else { throw .missing("messages") }
        settleLimits()
        // Swapped out: to return the property would copy a dozen references.
        var whole = ChatRequest()
        swap(&whole, &request)
        return whole
    }

    private mutating func readMessages(_ list: JSONSlice) throws(RequestFault) {
        try body.expect(.array, list)
        let reader = ChatCompletionsMessageReader(body)
        let whole = body.bytes
        var elements = JSONElements(of: list, in: whole.span)
        while let element = elements.next() {
            request.messages.append(try reader.message(element))
        }
    }

    private mutating func readCore(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        let value = member.value
        if name.equals("model") {
            request.model = try body.text(value)
        } else if name.equals("stream") {
            request.stream = try body.bool(value)
            request.spelling.insert(.statedStream)
        } else if name.equals("stream_options") {
            try body.expect(.object, value)
            if let flag = body.member("include_usage", of: value), flag.kind != .null {
                request.includesUsage = try body.bool(flag)
            }
            body.keep(member, in: &request.extras, isCovered: true)
        } else if name.equals("max_completion_tokens") {
            request.maxTokens = try body.int(value)
        } else if name.equals("max_tokens") {
            olderLimit = try body.int(value)
            olderLimitMember = member
        } else if name.equals("tools") {
            request.spelling.insert(.statedTools)
            try readTools(value)
        } else if name.equals("tool_choice") {
            try readToolChoice(member)
        } else if name.equals("parallel_tool_calls") {
            request.parallelToolCalls = try body.bool(value)
        } else {
            return false
        }
        return true
    }

    private mutating func readSampling(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        let value = member.value
        if name.equals("temperature") {
            request.sampling.temperature = try body.number(value)
        } else if name.equals("top_p") {
            request.sampling.topP = try body.number(value)
        } else if name.equals("top_k") {
            request.sampling.topK = try body.number(value)
        } else if name.equals("frequency_penalty") {
            request.sampling.frequencyPenalty = try body.number(value)
        } else if name.equals("presence_penalty") {
            request.sampling.presencePenalty = try body.number(value)
        } else if name.equals("seed") {
            request.sampling.seed = try body.number(value)
        } else if name.equals("n") {
            request.sampling.candidates = try body.int(value)
        } else if name.equals("logprobs") {
            request.sampling.logprobs = try body.bool(value)
        } else if name.equals("top_logprobs") {
            request.sampling.topLogprobs = try body.int(value)
        } else if name.equals("logit_bias") {
            try body.expect(.object, value)
            request.sampling.logitBias = body.raw(value)
        } else {
            return false
        }
        return true
    }

    /// Both names of the limit: the newer holds, and the older one is kept beside it.
    private mutating func settleLimits() {
        guard let olderLimit, let olderLimitMember else { return }
        if request.maxTokens == nil {
            request.maxTokens = olderLimit
            request.spelling.insert(.olderLimit)
        } else {
            body.keep(olderLimitMember, in: &request.extras, isCovered: true)
        }
    }
}
