// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ChatCompletionsRequestWriter {
    mutating func writeTools() throws(RequestFault) {
        guard !request.tools.isEmpty || isOwn && request.spelling.contains(.statedTools) else {
            return
        }
        json.key("tools")
        json.beginArray()
        for (index, tool) in request.tools.enumerated() {
            if isOwn, let whole = tool.extras.whole(in: .chatCompletions) {
                json.raw(whole)
                continue
            }
            switch tool.kind {
            case .function(let function): writeFunction(function, tool)
            case .server(_, let whole):
                guard isOwn else {
                    throw .invalid(
                        .path("tools", index), " is a tool that only its own provider has.")
                }
                json.raw(whole)
            }
        }
        json.endArray()
    }

    private mutating func writeFunction(_ function: FunctionTool, _ tool: ToolDefinition) {
        json.beginObject()
        json.member("type", "function")
        if !isOwn || tool.extras["function"] == nil {
            json.key("function")
            json.beginObject()
            json.member("name", function.name)
            if let text = function.description { json.member("description", text) }
            if let schema = function.parameters { json.member("parameters", raw: schema) }
            if let isStrict = function.isStrict { json.member("strict", isStrict) }
            json.endObject()
        }
        if isOwn {
            if let mark = tool.cacheMark { json.member("cache_control", raw: mark) }
            json.members(tool.extras)
        }
        json.endObject()
    }

    mutating func writeToolChoice() {
        if let flag = request.parallelToolCalls, !request.tools.isEmpty || isOwn {
            json.member("parallel_tool_calls", flag)
        }
        guard let choice = request.toolChoice, !isOwn || request.extras["tool_choice"] == nil
        else { return }
        switch choice {
        case .auto: json.member("tool_choice", "auto")
        case .none: json.member("tool_choice", "none")
        case .required: json.member("tool_choice", "required")
        case .function(let name):
            json.key("tool_choice")
            writeNamed(name)
        case .anyOf(let names): writeAllowed(names)
        case .foreign(let format, let whole):
            if format == .chatCompletions { json.member("tool_choice", raw: whole) }
        }
    }

    private mutating func writeNamed(_ name: EscapedText) {
        json.beginObject()
        json.member("type", "function")
        json.key("function")
        json.beginObject()
        json.member("name", name)
        json.endObject()
        json.endObject()
    }

    private mutating func writeAllowed(_ names: [EscapedText]) {
        json.key("tool_choice")
        json.beginObject()
        json.member("type", "allowed_tools")
        json.key("allowed_tools")
        json.beginObject()
        json.member("mode", "required")
        json.key("tools")
        json.beginArray()
        for name in names { writeNamed(name) }
        json.endArray()
        json.endObject()
        json.endObject()
    }
}
