// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated Cohere takes from a request to its second chat API, and what it refuses.
struct CohereRequest {
    private static let fields: Set<String> = [
        "stream", "model", "messages", "tools", "documents", "citation_options",
        "response_format", "safety_mode", "max_tokens", "stop_sequences", "temperature", "seed",
        "frequency_penalty", "presence_penalty", "k", "p", "logprobs", "tool_choice",
        "strict_tools", "thinking", "raw_prompting", "priority",
    ]

    private(set) var prompt = SimulatedPrompt()
    private(set) var documents = 0
    private var openCalls: [Bytes] = []

    init(_ tree: JSONTree) throws(ProviderRefusal) {
        for member in tree.members where !Self.fields.contains(member.name.string) {
            throw ProviderRefusal(
                status: 422,
                message: "unknown field: parameter '\(member.name)' is not a valid field")
        }
        guard let model = tree["model"]?.string, !model.isEmpty else {
            throw .invalid("model is required")
        }
        prompt.model = model
        prompt.isStream = tree["stream"]?.bool ?? false
        prompt.maxTokens = tree["max_tokens"]?.int
        prompt.thinks = tree["thinking"]?["type"]?.equals("enabled") ?? false
        documents = tree["documents"]?.elements.count ?? 0
        if let temperature = tree["temperature"]?.double, temperature < 0 || temperature > 1 {
            throw .invalid("temperature must be between 0 and 1.0 inclusive")
        }
        guard let messages = tree["messages"]?.elements, !messages.isEmpty else {
            throw .invalid("messages must be at least 1 token long")
        }
        for message in messages { try read(message) }
        guard openCalls.isEmpty else { throw unanswered }
        try readTools(tree)
        try readFormat(tree["response_format"])
    }

    private var unanswered: ProviderRefusal {
        .invalid(
            "invalid request: each tool call must be followed by a tool result: \(openCalls)")
    }

    private mutating func read(_ message: JSONTree) throws(ProviderRefusal) {
        let role = message["role"]?.string?.string ?? ""
        guard ["user", "assistant", "system", "developer", "tool"].contains(role) else {
            throw .invalid("invalid request: role '\(role)' is not supported")
        }
        if role == "tool" {
            try answer(message["tool_call_id"]?.string)
        } else if !openCalls.isEmpty {
            throw unanswered
        }
        prompt.beginMessage(byUser: role == "user")
        try read(message["content"], isUsers: role == "user")
        for call in message["tool_calls"]?.elements ?? [] {
            guard let id = call["id"]?.string, call["function"]?["name"]?.string != nil,
                let arguments = call["function"]?["arguments"]?.string
            else { throw .invalid("invalid request: all tool calls need an id and a function") }
            openCalls.append(id)
            prompt.add(text: arguments, isUsers: false)
        }
    }

    private mutating func answer(_ id: Bytes?) throws(ProviderRefusal) {
        guard let id else { throw .invalid("invalid request: tool_call_id must be provided") }
        guard let index = openCalls.firstIndex(of: id) else {
            throw .invalid("invalid request: tool_call_id '\(id)' does not match any tool call")
        }
        openCalls.remove(at: index)
    }

    private mutating func read(
        _ content: JSONTree?, isUsers: Bool
    ) throws(ProviderRefusal) {
        guard let content, !content.isNull else { return }
        if let text = content.string { return prompt.add(text: text, isUsers: isUsers) }
        for part in content.elements {
            switch part["type"]?.string?.string {
            case "text": prompt.add(text: part["text"]?.string ?? Bytes(), isUsers: isUsers)
            case "image_url":
                guard part["image_url"]?["url"]?.string != nil else {
                    throw .invalid("invalid request: image_url must have a url")
                }
                prompt.addImage()
            case "document", "thinking": continue
            default: throw .invalid("invalid request: content type is not supported")
            }
        }
    }

    private mutating func readTools(_ tree: JSONTree) throws(ProviderRefusal) {
        for tool in tree["tools"]?.elements ?? [] {
            guard tool["type"]?.equals("function") ?? false,
                let function = tool["function"], let name = function["name"]?.string
            else { throw .invalid("invalid request: all tools must be functions with a name") }
            prompt.offer(name, function["parameters"])
        }
        guard let choice = tree["tool_choice"], !choice.isNull else { return }
        switch choice.string?.string {
        case "NONE": prompt.choice = .none
        case "REQUIRED":
            guard !prompt.functions.isEmpty else {
                throw .invalid("tool_choice requires tools to be provided")
            }
        default:
            throw .invalid("invalid request: tool_choice must be one of 'REQUIRED', 'NONE'")
        }
    }

    private mutating func readFormat(_ format: JSONTree?) throws(ProviderRefusal) {
        guard let format, !format.isNull else { return }
        switch format["type"]?.string?.string {
        case "text": return
        case "json_object":
            prompt.schema = format["json_schema"] ?? format["schema"] ?? ["type": "object"]
        default:
            throw .invalid(
                "invalid request: response_format.type must be one of 'text', 'json_object'")
        }
    }
}
