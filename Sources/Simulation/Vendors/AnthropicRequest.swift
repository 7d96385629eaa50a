// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated Anthropic provider takes from a Messages request, and what it refuses.
struct AnthropicRequest {
    private static let fields: Set<String> = [
        "model", "messages", "max_tokens", "system", "stream", "temperature", "top_p", "top_k",
        "stop_sequences", "tools", "tool_choice", "metadata", "thinking", "service_tier",
        "output_config", "output_format", "cache_control", "container", "context_management",
        "mcp_servers", "inference_geo", "speed", "diagnostics", "user_profile_id", "workspace_id",
    ]
    private static let blocks: Set<String> = [
        "text", "image", "document", "tool_use", "tool_result", "thinking", "redacted_thinking",
        "search_result", "server_tool_use", "web_search_tool_result", "web_fetch_tool_result",
        "code_execution_tool_result", "mcp_tool_use", "mcp_tool_result", "container_upload",
    ]
    /// Begins the signature of every simulated thought.
    static let signature = "EqSimulatedSignature"
    private static let leastBudget = 1024

    private(set) var prompt = SimulatedPrompt()
    /// Ids of calls that the next message has to answer.
    private var openCalls: [Bytes] = []

    /// `isCount` is true of a request to count tokens, which has no limit to give.
    init(_ tree: JSONTree, isCount: Bool) throws(ProviderRefusal) {
        for member in tree.members where !Self.fields.contains(member.name.string) {
            throw .invalid("\(member.name): Extra inputs are not permitted")
        }
        guard let model = tree["model"]?.string else { throw .invalid("model: Field required") }
        prompt.model = model
        prompt.isStream = tree["stream"]?.bool ?? false
        if !isCount { try readLimit(tree) }
        try readThinking(tree)
        try readSystem(tree["system"])
        guard let messages = tree["messages"]?.elements else {
            throw .invalid("messages: Field required")
        }
        guard !messages.isEmpty else {
            throw .invalid("messages: at least one message is required")
        }
        for (index, message) in messages.enumerated() {
            try read(message, path: "messages.\(index)")
        }
        guard openCalls.isEmpty else {
            throw .invalid(
                "messages.\(messages.count - 1): `tool_use` ids were found without `tool_result` "
                    + "blocks immediately after: \(openCalls[0]).")
        }
        try readTools(tree)
        readFormat(tree)
    }

    private mutating func readLimit(_ tree: JSONTree) throws(ProviderRefusal) {
        guard let limit = tree["max_tokens"] else {
            throw .invalid("max_tokens: Field required")
        }
        guard let most = limit.int, most >= 1 else {
            throw .invalid("max_tokens: Input should be greater than or equal to 1")
        }
        prompt.maxTokens = most
        for name in ["temperature", "top_p"] as [StaticString] {
            guard let value = tree[name], !value.isNull else { continue }
            guard let number = value.double, number >= 0, number <= 1 else {
                throw .invalid("\(name): range: 0..1")
            }
        }
    }

    private mutating func readThinking(_ tree: JSONTree) throws(ProviderRefusal) {
        guard let thinking = tree["thinking"], !thinking.isNull else { return }
        switch thinking["type"]?.string?.string {
        case "disabled": return
        case "adaptive": prompt.thinks = true
        case "enabled":
            prompt.thinks = true
            guard let budget = thinking["budget_tokens"]?.int, budget >= Self.leastBudget else {
                throw .invalid(
                    "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
            }
            guard prompt.maxTokens ?? .max > budget else {
                throw .invalid(
                    "`max_tokens` must be greater than `thinking.budget_tokens`.")
            }
        default:
            throw .invalid(
                "thinking: Input tag should be one of 'adaptive', 'disabled', 'enabled'")
        }
        if let temperature = tree["temperature"]?.double, temperature != 1 {
            throw .invalid("`temperature` may only be set to 1 when thinking is enabled.")
        }
        if tree["tool_choice"]?["type"]?.equals("any") ?? false
            || tree["tool_choice"]?["type"]?.equals("tool") ?? false
        {
            throw .invalid("Thinking may not be enabled when tool_choice forces tool use.")
        }
    }

    private mutating func readSystem(_ system: JSONTree?) throws(ProviderRefusal) {
        guard let system, !system.isNull else { return }
        if let text = system.string { return prompt.add(text: text, isUsers: false) }
        for block in system.elements {
            guard block["type"]?.equals("text") ?? false, let text = block["text"]?.string else {
                throw .invalid("system.0.type: Input should be 'text'")
            }
            prompt.add(text: text, isUsers: false)
        }
    }

    // MARK: - Messages

    private mutating func read(_ message: JSONTree, path: String) throws(ProviderRefusal) {
        let isUsers = message["role"]?.equals("user") ?? false
        guard isUsers || message["role"]?.equals("assistant") ?? false else {
            throw .invalid("\(path).role: Input should be 'user' or 'assistant'")
        }
        prompt.beginMessage(byUser: isUsers)
        if let text = message["content"]?.string {
            try checkAnswered(by: [], path: path)
            guard !text.isEmpty else {
                throw .invalid("\(path): all messages must have non-empty content")
            }
            return prompt.add(text: text, isUsers: isUsers)
        }
        guard case .array(let blocks)? = message["content"], !blocks.isEmpty else {
            throw .invalid("\(path): all messages must have non-empty content")
        }
        let results = blocks.compactMap { $0["tool_use_id"]?.string }
        if isUsers { try checkAnswered(by: results, path: path) }
        for (index, block) in blocks.enumerated() {
            try read(block, isUsers: isUsers, path: "\(path).content.\(index)")
        }
        // A tool's result is the user's message, but not the user's turn.
        if isUsers, !results.isEmpty { prompt.isUsersTurn = false }
    }

    /// Each call must be answered in the very next message, and nothing else may be.
    private mutating func checkAnswered(
        by results: [Bytes], path: String
    ) throws(ProviderRefusal) {
        if let missing = openCalls.first(where: { !results.contains($0) }) {
            throw .invalid(
                "\(path): `tool_use` ids were found without `tool_result` blocks immediately "
                    + "after: \(missing). Each `tool_use` block must have a corresponding "
                    + "`tool_result` block in the next message.")
        }
        if let odd = results.first(where: { !openCalls.contains($0) }) {
            throw .invalid(
                "\(path).content.0: unexpected `tool_use_id` found in `tool_result` blocks: "
                    + "\(odd). Each `tool_result` block must have a corresponding `tool_use` "
                    + "block in the previous message.")
        }
        openCalls = []
    }

    private mutating func read(
        _ block: JSONTree, isUsers: Bool, path: String
    ) throws(ProviderRefusal) {
        guard let type = block["type"]?.string?.string, Self.blocks.contains(type) else {
            throw .invalid("\(path): Input tag found using 'type' does not match any expected tag")
        }
        switch type {
        case "text":
            guard let text = block["text"]?.string else {
                throw .invalid("\(path).text.text: Field required")
            }
            guard !text.isEmpty else {
                throw .invalid("messages: text content blocks must be non-empty")
            }
            prompt.add(text: text, isUsers: isUsers)
        case "image": try readImage(block["source"], path: path)
        case "tool_use": try readCall(block, path: path)
        case "tool_result": try readResult(block, path: path)
        case "thinking":
            guard block["signature"]?.string?.string.hasPrefix(Self.signature) ?? false else {
                throw .invalid("\(path): Invalid `signature` in `thinking` block")
            }
        default: return
        }
    }

    private mutating func readImage(
        _ source: JSONTree?, path: String
    ) throws(ProviderRefusal) {
        let isGood: Bool
        switch source?["type"]?.string?.string {
        case "base64":
            isGood = source?["data"]?.string != nil && source?["media_type"]?.string != nil
        case "url": isGood = source?["url"]?.string != nil
        case "file": isGood = source?["file_id"]?.string != nil
        default: isGood = false
        }
        guard isGood else { throw .invalid("\(path).image.source: Field required") }
        prompt.addImage()
    }

    private mutating func readCall(_ block: JSONTree, path: String) throws(ProviderRefusal) {
        guard let id = block["id"]?.string, block["name"]?.string != nil else {
            throw .invalid("\(path).tool_use.id: Field required")
        }
        let isNamed = id.string.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                || UnicodeScalar(byte).properties.isAlphabetic
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isNamed, !id.isEmpty else {
            throw .invalid(
                "\(path).tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'")
        }
        guard case .object? = block["input"] else {
            throw .invalid("\(path).tool_use.input: Input should be a valid dictionary")
        }
        openCalls.append(id)
        prompt.add(text: block["input"]?.bytes() ?? Bytes(), isUsers: false)
    }

    private mutating func readResult(_ block: JSONTree, path: String) throws(ProviderRefusal) {
        guard let content = block["content"] else { return }
        if let text = content.string { return prompt.add(text: text, isUsers: false) }
        for part in content.elements {
            if let text = part["text"]?.string { prompt.add(text: text, isUsers: false) }
            if part["type"]?.equals("image") ?? false {
                try readImage(part["source"], path: path)
            }
        }
    }

    // MARK: - Tools and form

    private mutating func readTools(_ tree: JSONTree) throws(ProviderRefusal) {
        for (index, tool) in (tree["tools"]?.elements ?? []).enumerated() {
            let type = tool["type"]?.string
            guard type == nil || type == "custom" else { continue }
            guard let name = tool["name"]?.string else {
                throw .invalid("tools.\(index).custom.name: Field required")
            }
            guard let schema = tool["input_schema"] else {
                throw .invalid("tools.\(index).custom.input_schema: Field required")
            }
            guard schema["type"]?.equals("object") ?? false else {
                throw .invalid("tools.\(index).custom.input_schema.type: Field required")
            }
            prompt.offer(name, schema)
        }
        guard let choice = tree["tool_choice"], !choice.isNull else { return }
        switch choice["type"]?.string?.string {
        case "auto", "any": break
        case "none": prompt.choice = .none
        case "tool":
            guard let name = choice["name"]?.string,
                prompt.functions.contains(where: { $0.name == name })
            else { throw .invalid("tool_choice.tool.name: Tool not found in provided tools") }
            prompt.choice = .named(name)
        default:
            throw .invalid(
                "tool_choice: Input tag should be one of 'auto', 'any', 'tool', 'none'")
        }
        guard !prompt.functions.isEmpty || tree["tools"] != nil else {
            throw .invalid("tool_choice may only be specified while providing tools.")
        }
        prompt.mayCallSeveral = !(choice["disable_parallel_tool_use"]?.bool ?? false)
    }

    private mutating func readFormat(_ tree: JSONTree) {
        let format = tree["output_config"]?["format"] ?? tree["output_format"]
        guard let format, format["type"]?.equals("json_schema") ?? false else { return }
        prompt.schema = format["schema"]
    }
}
