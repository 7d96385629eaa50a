// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ChatCompletionsRequestReader {
    mutating func readTools(_ list: JSONSlice) throws(RequestFault) {
        try body.expect(.array, list)
        let whole = body.bytes
        var elements = JSONElements(of: list, in: whole.span)
        while let element = elements.next() {
            try body.expect(.object, element)
            let type = body.bytes.string("type", of: element) ?? EscapedText()
            let isFunction = type.equals("function") || type.isEmpty
            if isFunction, let function = body.member("function", of: element) {
                var definition = try tool(element, function)
                if type.isEmpty {  // Mistral takes it so.
                    definition.extras = .whole(body.raw(element), from: .chatCompletions)
                }
                request.tools.append(definition)
            } else {
                guard !type.isEmpty else { throw body.missing("type", in: element) }
                request.tools.append(
                    ToolDefinition(.server(type: type, json: body.raw(element))))
            }
        }
    }

    private func tool(
        _ element: JSONSlice, _ function: JSONSlice
    ) throws(RequestFault) -> ToolDefinition {
        try body.expect(.object, function)
        var extras = Extras(origin: .chatCompletions)
        let tool = try self.function(function, &extras)
        var definition = ToolDefinition(.function(tool))
        var members = JSONMembers(of: element, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "cache_control") {
                definition.cacheMark = body.raw(member.value)
            } else if !body.isNamed(member, "type"), !body.isNamed(member, "function") {
                body.keep(member, in: &extras)
            }
        }
        definition.extras = extras
        return definition
    }

    private func function(
        _ function: JSONSlice, _ extras: inout Extras
    ) throws(RequestFault) -> FunctionTool {
        var tool = FunctionTool(name: EscapedText())
        var isWhole = true
        var members = JSONMembers(of: function, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null {
                isWhole = false
            } else if body.isNamed(member, "name") {
                tool.name = try body.text(member.value)
            } else if body.isNamed(member, "description") {
                tool.description = try body.text(member.value)
            } else if body.isNamed(member, "parameters") {
                try body.expect(.object, member.value)
                tool.parameters = body.raw(member.value)
            } else if body.isNamed(member, "strict") {
                tool.isStrict = try body.bool(member.value)
            } else {
                isWhole = false
            }
        }
        if tool.name.isEmpty { throw body.missing("name", in: function) }
        // Members that the model does not have: the whole object goes back as it came.
        if !isWhole {
            let raw = RawMember(
                name: EscapedText("function"), value: body.raw(function), isCovered: true)
            extras.members.append(raw)
        }
        return tool
    }

    mutating func readToolChoice(_ member: JSONMember) throws(RequestFault) {
        let value = member.value
        let whole = body.bytes
        let bytes = whole.span
        if value.equals("auto", in: bytes) {
            request.toolChoice = .auto
        } else if value.equals("none", in: bytes) {
            request.toolChoice = ToolChoice.none
        } else if value.equals("required", in: bytes) {
            request.toolChoice = .required
        } else if value.equals("any", in: bytes) {  // Mistral's word
            request.toolChoice = .required
            body.keep(member, in: &request.extras, isCovered: true)
        } else if value.kind == .object {
            request.toolChoice = objectChoice(value)
        } else {
            throw body.invalid(value, " must be none, auto, required or an object.")
        }
    }

    private func objectChoice(_ value: JSONSlice) -> ToolChoice {
        if let function = body.member("function", of: value),
            let name = body.bytes.string("name", of: function)
        {
            return .function(name: name)
        }
        return .foreign(.chatCompletions, json: body.raw(value))
    }
}
