// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated Ollama takes from a request to its own chat or generate API.
struct OllamaRequest {
    private(set) var prompt = SimulatedPrompt()

    init(_ tree: JSONTree, model: Bytes, isChat: Bool) throws(ProviderRefusal) {
        prompt.model = model
        prompt.isStream = tree["stream"]?.bool ?? true
        if let limit = tree["options"]?["num_predict"]?.int, limit > 0 { prompt.maxTokens = limit }
        if let options = tree["options"], !options.isNull {
            guard case .object = options else {
                throw .invalid(
                    "json: cannot unmarshal into Go struct field ChatRequest.options of type "
                        + "map[string]interface {}")
            }
        }
        try readThink(tree["think"])
        try readFormat(tree["format"])
        if isChat {
            try readMessages(tree["messages"])
        } else {
            prompt.beginMessage(byUser: true)
            prompt.add(text: tree["prompt"]?.string ?? Bytes(), isUsers: true)
            try readImages(tree["images"])
        }
        readTools(tree["tools"])
    }

    private mutating func readThink(_ think: JSONTree?) throws(ProviderRefusal) {
        guard let think, !think.isNull else { return }
        if let word = think.string?.string {
            guard ["high", "medium", "low"].contains(word) else {
                throw .invalid(
                    "invalid think value: \"\(word)\" (must be \"high\", \"medium\", \"low\", "
                        + "true, or false)")
            }
            prompt.thinks = true
        } else {
            prompt.thinks = think.bool ?? false
        }
    }

    private mutating func readFormat(_ format: JSONTree?) throws(ProviderRefusal) {
        guard let format, !format.isNull, !format.equals("") else { return }
        if format.equals("json") {
            prompt.schema = ["type": "object"]
        } else if case .object = format {
            prompt.schema = format
        } else {
            throw .invalid("invalid format: expected \"json\" or a JSON schema")
        }
    }

    private mutating func readMessages(_ messages: JSONTree?) throws(ProviderRefusal) {
        for message in messages?.elements ?? [] {
            let role = message["role"]?.string?.string ?? ""
            guard ["system", "user", "assistant", "tool"].contains(role) else {
                throw .invalid("invalid role: \(role)")
            }
            prompt.beginMessage(byUser: role == "user")
            if let content = message["content"], !content.isNull {
                guard let text = content.string else {
                    throw .invalid(
                        "json: cannot unmarshal array into Go struct field "
                            + "ChatRequest.messages.content of type string")
                }
                prompt.add(text: text, isUsers: role == "user")
            }
            try readImages(message["images"])
            for call in message["tool_calls"]?.elements ?? [] {
                guard case .object? = call["function"]?["arguments"] else {
                    throw .invalid(
                        "json: cannot unmarshal string into Go struct field "
                            + "ToolCallFunction.messages.tool_calls.function.arguments of type "
                            + "api.ToolCallFunctionArguments")
                }
                prompt.add(
                    text: call["function"]?["arguments"]?.bytes() ?? Bytes(), isUsers: false)
            }
        }
    }

    /// Images are base64 without a `data:` prefix; anything else is no image.
    private mutating func readImages(_ images: JSONTree?) throws(ProviderRefusal) {
        for image in images?.elements ?? [] {
            guard let data = image.string, !data.isEmpty, Self.isBase64(data) else {
                throw .invalid("illegal base64 data at input byte 4")
            }
            prompt.addImage()
        }
    }

    private static func isBase64(_ data: Bytes) -> Bool {
        data.string.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="):
                true
            default: false
            }
        }
    }

    private mutating func readTools(_ tools: JSONTree?) {
        for tool in tools?.elements ?? [] {
            guard let function = tool["function"], let name = function["name"]?.string else {
                continue
            }
            prompt.offer(name, function["parameters"])
        }
    }
}
