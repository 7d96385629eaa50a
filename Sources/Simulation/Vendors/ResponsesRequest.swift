// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated OpenAI provider takes from a request to its Responses API.
struct ResponsesRequest {
    private(set) var prompt = SimulatedPrompt()
    /// Told back in the answer as they came.
    let instructions: JSONTree
    let tools: JSONTree
    let format: JSONTree
    private var openCalls: [Bytes] = []

    init(_ tree: JSONTree) throws(ProviderRefusal) {
        instructions = tree["instructions"] ?? .null
        tools = tree["tools"] ?? []
        format = tree["text"]?["format"] ?? ["type": "text"]
        guard let model = tree["model"]?.string else { throw .missingModel }
        prompt.model = model
        prompt.isStream = tree["stream"]?.bool ?? false
        prompt.maxTokens = tree["max_output_tokens"]?.int
        if let text = instructions.string { prompt.add(text: text, isUsers: false) }
        guard let input = tree["input"] else { throw .missing("input") }
        if let text = input.string {
            prompt.beginMessage(byUser: true)
            prompt.add(text: text, isUsers: true)
        } else {
            for (index, item) in input.elements.enumerated() { try read(item, index) }
        }
        if let open = openCalls.first {
            throw .invalid("No tool output found for function call \(open).")
        }
        try readTools(tree)
        if format["type"]?.equals("json_schema") ?? false { prompt.schema = format["schema"] }
        if format["type"]?.equals("json_object") ?? false { prompt.schema = ["type": "object"] }
    }

    private mutating func read(_ item: JSONTree, _ index: Int) throws(ProviderRefusal) {
        switch item["type"]?.string?.string ?? "message" {
        case "message":
            let role = item["role"]?.string?.string ?? ""
            guard ["user", "assistant", "system", "developer"].contains(role) else {
                throw .invalid("input[\(index)].role", "one of the supported roles")
            }
            prompt.beginMessage(byUser: role == "user")
            try read(content: item["content"], isUsers: role == "user", index)
        case "function_call":
            guard let id = item["call_id"]?.string, item["arguments"]?.string != nil,
                item["name"]?.string != nil
            else { throw .missing("input[\(index)].call_id") }
            openCalls.append(id)
            prompt.isUsersTurn = false
        case "function_call_output":
            guard let id = item["call_id"]?.string else {
                throw .missing("input[\(index)].call_id")
            }
            guard let open = openCalls.firstIndex(of: id) else {
                throw .invalid("No tool call found for function call output with call_id \(id).")
            }
            openCalls.remove(at: open)
            prompt.isUsersTurn = false
        default: return
        }
    }

    private mutating func read(
        content: JSONTree?, isUsers: Bool, _ index: Int
    ) throws(ProviderRefusal) {
        if let text = content?.string { return prompt.add(text: text, isUsers: isUsers) }
        for part in content?.elements ?? [] {
            switch part["type"]?.string?.string ?? "" {
            case "input_text", "output_text":
                prompt.add(text: part["text"]?.string ?? Bytes(), isUsers: isUsers)
            case "input_image": prompt.addImage()
            case "input_file", "input_audio", "refusal": continue
            default:
                throw .invalid("input[\(index)].content[0].type", "a supported content type")
            }
        }
    }

    private mutating func readTools(_ tree: JSONTree) throws(ProviderRefusal) {
        for (index, tool) in tools.elements.enumerated()
        where tool["type"]?.equals("function") ?? false {
            guard let name = tool["name"]?.string else { throw .missing("tools[\(index)].name") }
            prompt.offer(name, tool["parameters"])
        }
        let choice = tree["tool_choice"]
        if choice?.equals("none") ?? false { prompt.choice = .none }
        if let name = choice?["name"]?.string { prompt.choice = .named(name) }
        prompt.mayCallSeveral = tree["parallel_tool_calls"]?.bool ?? true
    }
}
