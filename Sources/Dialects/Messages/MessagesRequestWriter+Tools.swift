// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension MessagesRequestWriter {
    mutating func writeTools(_ request: ChatRequest) throws(RequestFault) {
        let isStated = isOwn && request.spelling.contains(.statedTools)
        guard !request.tools.isEmpty || isStated else { return }
        json.key("tools")
        json.beginArray()
        for index in request.tools.indices {
            let tool = request.tools[index]
            switch tool.kind {
            case .server(_, let whole):
                guard isOwn else { throw .unsupported(.path("tools", index)) }
                json.raw(whole)
            case .function(let function):
                guard Self.isOffered(function, request.toolChoice) else { continue }
                try write(function, tool, at: index)
            }
        }
        json.endArray()
    }

    /// A choice among some tools is told by offering no others.
    private static func isOffered(_ function: FunctionTool, _ choice: ToolChoice?) -> Bool {
        guard case .anyOf(let names) = choice else { return true }
        return names.contains(function.name)
    }

    private mutating func write(
        _ function: FunctionTool, _ tool: ToolDefinition, at index: Int
    ) throws(RequestFault) {
        json.beginObject()
        json.member("name", function.name)
        if let description = function.description { json.member("description", description) }
        if isOwn {
            if let schema = function.parameters { json.member("input_schema", raw: schema) }
            if let isStrict = function.isStrict {
                json.key("strict")
                json.bool(isStrict)
            }
        } else {
            json.member("input_schema", raw: Self.objectSchema(function.parameters))
            if function.isStrict == true {
                json.key("strict")
                json.bool(true)
            }
        }
        if let mark = tool.cacheMark { json.member("cache_control", raw: mark) }
        if isOwn {
            json.members(tool.extras)
        } else {
            try losses.lose(tool.extras, at: .path("tools", index), into: &json)
        }
        json.endObject()
    }

    /// The schema with `type: object`, which the service demands and others may leave out.
    private static func objectSchema(_ schema: Bytes?) -> Bytes {
        guard let schema else { return #"{"type":"object","properties":{}}"# }
        let body = ChatBody(schema)
        let root = JSONSlice(kind: .object, range: 0..<schema.count)
        guard schema.span.hasPrefix("{"), body.member("type", of: root) == nil else {
            return schema
        }
        var json = JSONWriter(capacity: schema.count + 20)
        json.beginObject()
        json.member("type", "object")
        var members = JSONMembers(in: schema.span)
        while let member = members.next() {
            json.key(EscapedText(member.key, in: schema) ?? EscapedText())
            json.raw(schema[member.value.range])
        }
        json.endObject()
        return json.finish()
    }

    mutating func writeToolChoice(_ request: ChatRequest) throws(RequestFault) {
        guard !request.tools.isEmpty else { return }
        let isSerial = request.parallelToolCalls == false
        guard request.toolChoice != nil || isSerial else { return }
        if case .foreign = request.toolChoice {
            try losses.lose(.toolChoice, of: request)
            return
        }
        json.key("tool_choice")
        json.beginObject()
        var takesFlag = true
        switch request.toolChoice {
        case .required, .anyOf: json.member("type", "any")
        case .function(let name):
            json.member("type", "tool")
            json.member("name", name)
        case ToolChoice.none?:
            json.member("type", "none")
            takesFlag = false
        case .auto, .foreign, nil: json.member("type", "auto")
        }
        if isSerial, takesFlag {
            json.key("disable_parallel_tool_use")
            json.bool(true)
        }
        json.endObject()
    }
}
