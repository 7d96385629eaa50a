// SPDX-License-Identifier: Apache-2.0
import Core

/// A field of the unified model, for naming it in the caller's words.
enum SharedField {
    case temperature, topP, topK, frequencyPenalty, presencePenalty, seed, candidates
    case logprobs, topLogprobs, logitBias, stop, reasoning, output, parallelToolCalls
    case user, metadata, serviceTier, modalities, toolChoice, maxTokens

    /// The field's JSON path where the caller wrote it.
    func path(in origin: WireFormat?) -> StaticString {
        switch origin {
        case .generateContent: geminiPath
        case .messages: messagesPath
        case .responses: responsesPath
        default: chatPath
        }
    }

    private var chatPath: StaticString {
        switch self {
        case .temperature: "temperature"
        case .topP: "top_p"
        case .topK: "top_k"
        case .frequencyPenalty: "frequency_penalty"
        case .presencePenalty: "presence_penalty"
        case .seed: "seed"
        case .candidates: "n"
        case .logprobs: "logprobs"
        case .topLogprobs: "top_logprobs"
        case .logitBias: "logit_bias"
        case .stop: "stop"
        case .reasoning: "reasoning_effort"
        case .output: "response_format"
        case .parallelToolCalls: "parallel_tool_calls"
        case .user: "user"
        case .metadata: "metadata"
        case .serviceTier: "service_tier"
        case .modalities: "modalities"
        case .toolChoice: "tool_choice"
        case .maxTokens: "max_tokens"
        }
    }

    private var responsesPath: StaticString {
        switch self {
        case .reasoning: "reasoning"
        case .output: "text.format"
        case .maxTokens: "max_output_tokens"
        default: chatPath
        }
    }

    private var messagesPath: StaticString {
        switch self {
        case .stop: "stop_sequences"
        case .reasoning: "thinking"
        case .output: "output_config.format"
        case .parallelToolCalls: "tool_choice.disable_parallel_tool_use"
        case .user: "metadata.user_id"
        default: chatPath
        }
    }

    private var geminiPath: StaticString {
        switch self {
        case .temperature: "generationConfig.temperature"
        case .topP: "generationConfig.topP"
        case .topK: "generationConfig.topK"
        case .frequencyPenalty: "generationConfig.frequencyPenalty"
        case .presencePenalty: "generationConfig.presencePenalty"
        case .seed: "generationConfig.seed"
        case .candidates: "generationConfig.candidateCount"
        case .logprobs: "generationConfig.responseLogprobs"
        case .topLogprobs: "generationConfig.logprobs"
        case .stop: "generationConfig.stopSequences"
        case .reasoning: "generationConfig.thinkingConfig"
        case .output: "generationConfig.responseMimeType"
        case .modalities: "generationConfig.responseModalities"
        case .toolChoice: "toolConfig.functionCallingConfig"
        case .maxTokens: "generationConfig.maxOutputTokens"
        default: chatPath
        }
    }
}

/// Names messages and parts in the words of the format that they came in.
struct ChatPath {
    private let origin: WireFormat?
    /// Messages in front that the caller did not write among the others.
    private let offset: Int

    init(_ request: borrowing ChatRequest) {
        origin = request.extras.origin
        let isBeside = origin == .messages || origin == .generateContent
        offset = isBeside && request.messages.first?.role == .system ? 1 : 0
    }

    /// `messages[2].content[1]`, or what it is called at the origin.
    func part(_ message: Int, _ part: Int) -> Bytes {
        if message < offset { return system }
        switch origin {
        case .generateContent: return .path("contents", message - offset, "parts", part)
        case .responses: return .path("input", message - offset, "content", part)
        default: return .path("messages", message - offset, "content", part)
        }
    }

    /// `messages[2]`.
    func message(_ index: Int) -> Bytes {
        if index < offset { return system }
        switch origin {
        case .generateContent: return .path("contents", index - offset)
        case .responses: return .path("input", index - offset)
        default: return .path("messages", index - offset)
        }
    }

    private var system: Bytes { origin == .generateContent ? "systemInstruction" : "system" }
}

extension FieldLosses {
    mutating func lose(
        _ field: SharedField, of request: ChatRequest
    ) throws(RequestFault) {
        try lose(field.path(in: request.extras.origin))
    }
}
