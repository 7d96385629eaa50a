// SPDX-License-Identifier: Apache-2.0
internal import Core

// Error bodies and sentences as each vendor writes them.
extension ProviderRefusal {
    /// A 400 with the vendor's sentence.
    static func invalid(_ message: String) -> ProviderRefusal {
        ProviderRefusal(status: 400, message: message)
    }

    /// What a dialect's service says with a scripted status.
    static func scripted(_ status: Int, _ dialect: FakeProvider.Dialect) -> ProviderRefusal {
        let sentence: String? =
            switch dialect {
            case .openai: nil
            case .anthropic: anthropicSentence(status)
            case .gemini: geminiSentence(status)
            case .ollama: ollamaSentence(status)
            case .cohere: cohereSentence(status)
            }
        guard dialect != .openai else { return scripted(status) }
        return ProviderRefusal(
            status: status, message: sentence ?? "Simulated refusal \(status).")
    }

    private static func anthropicSentence(_ status: Int) -> String? {
        switch status {
        case 401: "invalid x-api-key"
        case 403: "Your API key does not have permission to use the specified resource."
        case 404: "model: simulated"
        case 413: "Request exceeds the maximum size"
        case 429: "This request would exceed your organization's rate limit (simulated)."
        case 529: "Overloaded"
        case 500...: "Internal server error"
        default: nil
        }
    }

    private static func geminiSentence(_ status: Int) -> String? {
        switch status {
        case 401: "Request had invalid authentication credentials."
        case 403: "The caller does not have permission"
        case 404: "models/simulated is not found for API version v1beta."
        case 429:
            "You exceeded your current quota, please check your plan and billing details."
        case 503, 529: "The model is overloaded. Please try again later."
        case 504: "Deadline expired before operation could complete."
        case 500...: "An internal error has occurred. Please retry."
        default: nil
        }
    }

    private static func ollamaSentence(_ status: Int) -> String? {
        switch status {
        case 401: "unauthorized"
        case 404: "model 'simulated' not found"
        case 429: "too many requests"
        case 503: "server busy, please try again.  maximum pending requests exceeded"
        case 500...: "an error was encountered while running the model"
        default: nil
        }
    }

    private static func cohereSentence(_ status: Int) -> String? {
        switch status {
        case 401: "invalid api token"
        case 404: "model 'simulated' not found, make sure the correct model ID was used."
        case 429: "Please wait and try again later"
        case 498: "blocked by the provider"
        case 499: "request cancelled"
        case 503: "service unavailable"
        case 500...: "internal server error"
        default: nil
        }
    }

    /// The body in a dialect's shape; `id` names the request, `wait` is what Gemini tells in it.
    func body(_ dialect: FakeProvider.Dialect, id: Bytes, wait: Duration?) -> Bytes {
        switch dialect {
        case .openai: return body
        case .anthropic: return anthropicBody(id).bytes()
        case .gemini:
            var text = ByteWriter(capacity: 256)
            geminiBody(wait).append(to: &text, .indented, level: 0)
            text.append("\n")
            return text.finish()
        case .ollama: return (["error": .text(message)] as JSONTree).bytes()
        case .cohere: return (["id": .string(id), "message": .text(message)] as JSONTree).bytes()
        }
    }

    private func anthropicBody(_ id: Bytes) -> JSONTree {
        [
            "type": "error",
            "error": ["type": .text(anthropicType), "message": .text(message)],
            "request_id": .string(id),
        ]
    }

    private var anthropicType: String {
        switch status {
        case 401: "authentication_error"
        case 402: "billing_error"
        case 403: "permission_error"
        case 404: "not_found_error"
        case 413: "request_too_large"
        case 429: "rate_limit_error"
        case 504: "timeout_error"
        case 529: "overloaded_error"
        case 500...: "api_error"
        default: "invalid_request_error"
        }
    }

    private func geminiBody(_ wait: Duration?) -> JSONTree {
        var details: [JSONTree] = []
        if let code {
            details.append([
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .text("\(code)"),
                "domain": "googleapis.com",
                "metadata": ["service": "generativelanguage.googleapis.com"],
            ])
        }
        if let wait {
            details.append([
                "@type": "type.googleapis.com/google.rpc.RetryInfo",
                "retryDelay": .text("\(Double(wait.milliseconds) / 1000)s"),
            ])
        }
        let inner = JSONTree.made([
            "code": .int(status), "message": .text(message), "status": .text(geminiStatus),
            "details": details.isEmpty ? nil : .array(details),
        ])
        return ["error": inner]
    }

    private var geminiStatus: String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 409: "ABORTED"
        case 429: "RESOURCE_EXHAUSTED"
        case 499: "CANCELLED"
        case 501: "UNIMPLEMENTED"
        case 503, 529: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        case 500...: "INTERNAL"
        default: "INVALID_ARGUMENT"
        }
    }
}

/// Events that tell of a failure after a stream has begun.
enum ErrorEvent {
    private static let openAI: Bytes = """
        data: {"error":{"message":"The server had an error while processing your \
        request. Sorry about that!","type":"server_error","param":null,"code":null}}


        """
    private static let anthropic: Bytes = """
        event: error
        data: {"type":"error","error":{"details":null,"type":"overloaded_error",\
        "message":"Overloaded"}        }


        """
    private static let gemini: Bytes =
        """
        data: {"error": {"code": 503,"message": "The model is overloaded. Please try again \
        later.","status": "UNAVAILABLE"}}\r\n\r\n
        """
    private static let ollama: Bytes =
        "{\"error\":\"an error was encountered while running the model\"}\n"
    private static let cohere: Bytes = """
        event: message-end
        data: {"type":"message-end","delta":{"finish_reason":"ERROR",\
        "error":"internal server error","usage":{"billed_units":{"input_tokens":0,\
        "output_tokens":0},"tokens":{"input_tokens":0,"output_tokens":0}}}}

        data: [DONE]


        """

    /// The event of a dialect, framed.
    static func bytes(_ dialect: FakeProvider.Dialect) -> Bytes {
        switch dialect {
        case .openai: openAI
        case .anthropic: anthropic
        case .gemini: gemini
        case .ollama: ollama
        case .cohere: cohere
        }
    }
}
