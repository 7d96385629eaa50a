// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated Gemini provider takes from a generateContent request, and what it refuses.
///
/// Every name may come in camelCase or snake_case, also mixed in one body, as the real one has it.
struct GeminiRequest {
    private static let fields: Set<String> = [
        "contents", "tools", "toolConfig", "safetySettings", "systemInstruction",
        "generationConfig", "cachedContent", "model", "serviceTier", "store", "labels",
    ]
    private static let configFields: Set<String> = [
        "stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema",
        "responseModalities", "candidateCount", "maxOutputTokens", "temperature", "topP", "topK",
        "seed", "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs",
        "enableEnhancedCivicAnswers", "speechConfig", "thinkingConfig", "imageConfig",
        "mediaResolution", "audioTimestamp", "responseFormat", "routingConfig",
    ]
    /// Names that the service's own schema type lacks; `parametersJsonSchema` takes them.
    private static let foreignSchemaNames: Set<String> = [
        "$schema", "$ref", "$defs", "$id", "definitions", "oneOf", "allOf", "not", "const",
        "exclusiveMinimum", "exclusiveMaximum", "patternProperties", "strict",
    ]
    /// Stands in for a signature that a caller does not have.
    private static let signatureWaivers: Set<String> = [
        "skip_thought_signature_validator", "context_engineering_is_the_way_to_go",
    ]

    private(set) var prompt = SimulatedPrompt()
    private(set) var mimeType: String?
    private var openCalls = 0
    private let wantsSignatures: Bool

    init(_ tree: JSONTree, model: Bytes) throws(ProviderRefusal) {
        prompt.model = model
        wantsSignatures = model.string.hasPrefix("gemini-3")
        try Self.check(tree, against: Self.fields, at: "")
        if let config = tree["generationConfig", or: "generation_config"] {
            try readConfig(config)
        }
        for part in tree["systemInstruction", or: "system_instruction"]?["parts"]?.elements ?? [] {
            if let text = part["text"]?.string { prompt.add(text: text, isUsers: false) }
        }
        guard let contents = tree["contents"]?.elements, !contents.isEmpty else {
            throw .invalid("* GenerateContentRequest.contents: contents is not specified\n")
        }
        for (index, content) in contents.enumerated() { try read(content, index) }
        try readTools(tree)
    }

    /// Refuses members of other names; snake_case is read as camelCase.
    private static func check(
        _ object: JSONTree, against names: Set<String>, at path: String
    ) throws(ProviderRefusal) {
        for member in object.members where !names.contains(camelCase(member.name.string)) {
            let place = path.isEmpty ? "" : " at '\(path)'"
            throw .invalid(
                "Invalid JSON payload received. Unknown name \"\(member.name)\"\(place): "
                    + "Cannot find field.")
        }
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        guard let first = words.first, !first.isEmpty else { return name }
        return first + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private mutating func readConfig(_ config: JSONTree) throws(ProviderRefusal) {
        try Self.check(config, against: Self.configFields, at: "generation_config")
        prompt.maxTokens = config["maxOutputTokens", or: "max_output_tokens"]?.int
        prompt.candidates = config["candidateCount", or: "candidate_count"]?.int ?? 1
        if let temperature = config["temperature"]?.double, temperature < 0 || temperature > 2 {
            throw .invalid(
                "* GenerateContentRequest.generation_config.temperature: temperature must be in "
                    + "the range [0.0, 2.0].\n")
        }
        let thinking = config["thinkingConfig", or: "thinking_config"]
        prompt.thinks = thinking?["includeThoughts", or: "include_thoughts"]?.bool ?? false
        mimeType = config["responseMimeType", or: "response_mime_type"]?.string?.string
        let own = config["responseSchema", or: "response_schema"]
        if let own { try checkSchema(own, at: "generation_config.response_schema") }
        let schema = own ?? config["responseJsonSchema", or: "response_json_schema"]
        if schema != nil, mimeType != "application/json", mimeType != "text/x.enum" {
            throw .invalid(
                "* GenerateContentRequest.generation_config.response_mime_type: response schema "
                    + "is only supported with application/json.\n")
        }
        if mimeType == "application/json" { prompt.schema = schema ?? ["type": "object"] }
    }

    private func checkSchema(_ schema: JSONTree, at path: String) throws(ProviderRefusal) {
        for member in schema.members {
            let name = member.name.string
            guard !Self.foreignSchemaNames.contains(name) else {
                throw .invalid(
                    "Invalid JSON payload received. Unknown name \"\(name)\" at '\(path)': "
                        + "Cannot find field.")
            }
            switch name {
            case "properties":
                for property in member.value.members {
                    try checkSchema(property.value, at: "\(path).properties[0].value")
                }
            case "items": try checkSchema(member.value, at: "\(path).items")
            case "anyOf":
                for option in member.value.elements { try checkSchema(option, at: path) }
            case "type":
                guard member.value.string != nil else {
                    throw .invalid(
                        "Invalid value at '\(path).type' (type.googleapis.com/"
                            + "google.ai.generativelanguage.v1beta.Type), a list")
                }
            default: continue
            }
        }
    }

    // MARK: - Contents

    private mutating func read(_ content: JSONTree, _ index: Int) throws(ProviderRefusal) {
        let role = content["role"]?.string?.string ?? "user"
        guard role == "user" || role == "model" || role == "function" else {
            throw .invalid("Please use a valid role: user, model.")
        }
        let parts = content["parts"]?.elements ?? []
        guard !parts.isEmpty else {
            throw .invalid(
                "* GenerateContentRequest.contents[\(index)].parts: contents.parts must not be "
                    + "empty.\n")
        }
        let answers = parts.filter { $0["functionResponse", or: "function_response"] != nil }.count
        guard answers == openCalls else {
            throw .invalid(
                "Please ensure that the number of function response parts is equal to the number "
                    + "of function call parts of the function call turn.")
        }
        openCalls = 0
        prompt.beginMessage(byUser: role == "user")
        for part in parts { try read(part, isUsers: role == "user", index) }
        if answers > 0 { prompt.isUsersTurn = false }
    }

    private mutating func read(
        _ part: JSONTree, isUsers: Bool, _ index: Int
    ) throws(ProviderRefusal) {
        if let text = part["text"] {
            guard let text = text.string else {
                throw .invalid("Invalid value at 'contents[\(index)].parts[0]' (text)")
            }
            return prompt.add(text: text, isUsers: isUsers)
        }
        if let data = part["inlineData", or: "inline_data"] {
            guard data["data"]?.string != nil, data["mimeType", or: "mime_type"]?.string != nil
            else { throw .invalid("Unable to process input image. Please retry or report.") }
            return prompt.addImage()
        }
        if let file = part["fileData", or: "file_data"] {
            guard file["fileUri", or: "file_uri"]?.string != nil else {
                throw .invalid("Invalid or unsupported file uri: ")
            }
            return prompt.addImage()
        }
        if let call = part["functionCall", or: "function_call"] {
            return try read(call: call, of: part, index)
        }
        if let answer = part["functionResponse", or: "function_response"] {
            guard answer["name"]?.string != nil, case .object? = answer["response"] else {
                throw .invalid(
                    "* GenerateContentRequest.contents[\(index)].parts[0].function_response.name: "
                        + "Name cannot be empty.\n")
            }
            return prompt.add(text: answer["response"]?.bytes() ?? Bytes(), isUsers: false)
        }
        guard !part.members.isEmpty else {
            throw .invalid(
                "* GenerateContentRequest.contents[\(index)].parts[0].data: required oneof field "
                    + "'data' must have one initialized field\n")
        }
    }

    private mutating func read(
        call: JSONTree, of part: JSONTree, _ index: Int
    ) throws(ProviderRefusal) {
        guard let name = call["name"]?.string else {
            throw .invalid(
                "* GenerateContentRequest.contents[\(index)].parts[0].function_call.name: "
                    + "Name cannot be empty.\n")
        }
        if let arguments = call["args"] {
            guard case .object = arguments else {
                throw .invalid(
                    "Invalid value at 'contents[\(index)].parts[0].function_call.args' "
                        + "(type.googleapis.com/google.protobuf.Struct)")
            }
        }
        // Calls in parallel carry one signature, on the first of them.
        if wantsSignatures, openCalls == 0 {
            let proof = part["thoughtSignature", or: "thought_signature"]?.string?.string ?? ""
            guard proof.hasPrefix(GeminiContent.signature) || Self.signatureWaivers.contains(proof)
            else {
                throw .invalid(
                    "Function call is missing a thought_signature in functionCall parts. "
                        + "Function call `\(name)`, position \(index).")
            }
        }
        openCalls += 1
        prompt.add(text: call["args"]?.bytes() ?? Bytes(), isUsers: false)
    }

    // MARK: - Tools

    private mutating func readTools(_ tree: JSONTree) throws(ProviderRefusal) {
        for tool in tree["tools"]?.elements ?? [] {
            let declared = tool["functionDeclarations", or: "function_declarations"]
            for function in declared?.elements ?? [] {
                guard let name = function["name"]?.string else {
                    throw .invalid(
                        "* GenerateContentRequest.tools[0].function_declarations[0].name: "
                            + "Invalid function name.\n")
                }
                if let schema = function["parameters"] {
                    try checkSchema(schema, at: "tools[0].function_declarations[0].parameters")
                }
                let schema =
                    function["parameters"]
                    ?? function["parametersJsonSchema", or: "parameters_json_schema"]
                prompt.offer(name, schema)
            }
        }
        let config = tree["toolConfig", or: "tool_config"]
        guard let calling = config?["functionCallingConfig", or: "function_calling_config"] else {
            return
        }
        switch calling["mode"]?.string?.string ?? "AUTO" {
        case "AUTO", "VALIDATED", "MODE_UNSPECIFIED": break
        case "NONE": prompt.choice = .none
        case "ANY":
            let names = calling["allowedFunctionNames", or: "allowed_function_names"]?.elements
            if let name = names?.first?.string, names?.count == 1 { prompt.choice = .named(name) }
        default:
            throw .invalid("Invalid value at 'tool_config.function_calling_config.mode'")
        }
    }
}
