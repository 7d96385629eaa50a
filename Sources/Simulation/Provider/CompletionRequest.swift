// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated OpenAI provider takes from a chat or text completion request.
struct CompletionRequest {
    /// Words that every message costs besides its own.
    private static let messageOverhead = 4

    let isChat: Bool
    var model = Bytes()
    var isStream = false
    var includesUsage = false
    var choices = 1
    var maxTokens: Int?
    /// The text of the last message from the user, or the prompt.
    var userText = Bytes()
    var promptTokens = 0
    /// The functions to be called: name and parameter schema.
    var functions: [(name: Bytes, schema: JSONTree)] = []
    /// What the answer must be an instance of.
    var schema: JSONTree?

    init(chat tree: JSONTree) throws(ProviderRefusal) {
        isChat = true
        try readCommon(tree)
        guard let messages = tree["messages"] else { throw .missing("messages") }
        guard !messages.elements.isEmpty else { throw .invalid("messages", "an array of messages") }
        var lastRole: Bytes?
        for message in messages.elements {
            guard let role = message["role"]?.string else { throw .missing("messages[0].role") }
            let text = Self.text(of: message["content"])
            promptTokens += WordPieces.count(text.span) + Self.messageOverhead
            if role == "user" {
                let images = Self.images(in: message["content"])
                promptTokens += images * SimulatedPrompt.imageTokens
                userText = SimulatedPrompt.acknowledge(images, behind: text)
            }
            lastRole = role
        }
        readSchema(tree["response_format"])
        if lastRole == "user" { readTools(tree) }
    }

    init(text tree: JSONTree) throws(ProviderRefusal) {
        isChat = false
        try readCommon(tree)
        guard let prompt = tree["prompt"] else { throw .missing("prompt") }
        userText = prompt.string ?? prompt.elements.first?.string ?? "a prompt of token ids"
        promptTokens = WordPieces.count(userText.span)
    }

    private mutating func readCommon(_ tree: JSONTree) throws(ProviderRefusal) {
        guard case .object = tree else { throw .malformed }
        guard let model = tree["model"]?.string else { throw .missingModel }
        self.model = model
        isStream = tree["stream"]?.bool ?? false
        includesUsage = isStream && tree["stream_options"]?["include_usage"]?.bool ?? false
        choices = tree["n"]?.int ?? 1
        guard choices >= 1, choices <= 128 else { throw .invalid("n", "a number from 1 to 128") }
        maxTokens = (tree["max_completion_tokens"] ?? tree["max_tokens"])?.int
        if let maxTokens, maxTokens < 1 { throw .invalid("max_tokens", "a number from 1 on") }
    }

    private mutating func readSchema(_ format: JSONTree?) {
        guard let format else { return }
        if format["type"]?.equals("json_schema") ?? false {
            schema = format["json_schema"]?["schema"]
        } else if format["type"]?.equals("json_object") ?? false {
            schema = .object([.init(name: "type", value: .string("object"))])
        }
    }

    private mutating func readTools(_ tree: JSONTree) {
        let choice = tree["tool_choice"]
        guard !(choice?.equals("none") ?? false) else { return }
        let all = (tree["tools"]?.elements ?? []).compactMap { tool in
            tool["function"].flatMap { function in
                function["name"]?.string.map {
                    (name: $0, schema: function["parameters"] ?? .object([]))
                }
            }
        }
        if let name = choice?["function"]?["name"]?.string {
            functions = all.filter { $0.name == name }
            return
        }
        let mayBeSeveral = tree["parallel_tool_calls"]?.bool ?? true
        let isParallel = mayBeSeveral && userText.string.lowercased().contains("parallel")
        functions = isParallel ? all : Array(all.prefix(1))
    }

    private static func images(in content: JSONTree?) -> Int {
        (content?.elements ?? []).count { $0["type"]?.equals("image_url") ?? false }
    }

    /// The text of a message's content: a string, or the text parts of an array.
    private static func text(of content: JSONTree?) -> Bytes {
        guard let content else { return Bytes() }
        if let text = content.string { return text }
        var joined = ByteWriter()
        for part in content.elements {
            guard let text = part["text"]?.string else { continue }
            if !joined.isEmpty { joined.append(UInt8(ascii: " ")) }
            joined.append(text)
        }
        return joined.finish()
    }
}
