// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ResponsesRequestReader {
    mutating func readOptions(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        let value = member.value
        if name.equals("temperature") {
            request.sampling.temperature = try body.number(value)
        } else if name.equals("top_p") {
            request.sampling.topP = try body.number(value)
        } else if name.equals("top_logprobs") {
            request.sampling.topLogprobs = try body.int(value)
        } else if name.equals("user") {
            request.user = try body.text(value)
        } else if name.equals("metadata") {
            try body.expect(.object, value)
            request.metadata = body.raw(value)
        } else if name.equals("service_tier") {
            request.serviceTier = try body.text(value)
        } else if name.equals("reasoning") {
            try readReasoning(member)
        } else if name.equals("text") {
            try readText(member)
        } else {
            return false
        }
        return true
    }

    private mutating func readReasoning(_ member: JSONMember) throws(RequestFault) {
        try body.expect(.object, member.value)
        var options = ReasoningOptions()
        let whole = body.bytes
        var members = JSONMembers(of: member.value, in: whole.span)
        while let inner = members.next() {
            if inner.value.kind == .null { continue }
            if body.isNamed(inner, "effort") {
                options.effort = try body.text(inner.value)
            } else if body.isNamed(inner, "summary") || body.isNamed(inner, "generate_summary") {
                options.summary = try body.text(inner.value)
                options.includesThoughts = true
            }
        }
        if options != ReasoningOptions() { request.reasoning = options }
        body.keep(member, in: &request.extras, isCovered: true)
    }

    private mutating func readText(_ member: JSONMember) throws(RequestFault) {
        try body.expect(.object, member.value)
        body.keep(member, in: &request.extras, isCovered: true)
        guard let format = body.member("format", of: member.value), format.kind == .object,
            let type = body.bytes.string("type", of: format)
        else { return }
        if type.equals("json_object") { request.output = .json }
        guard type.equals("json_schema") else { return }
        guard let schema = body.member("schema", of: format), schema.kind == .object else {
            throw body.missing("schema", in: format)
        }
        var output = OutputSchema(schema: body.raw(schema))
        output.name = body.bytes.string("name", of: format)
        output.description = body.bytes.string("description", of: format)
        output.isStrict = body.member("strict", of: format)?.bool(in: body.bytes.span)
        request.output = .schema(output)
    }

    mutating func readTools(_ list: JSONSlice) throws(RequestFault) {
        try body.expect(.array, list)
        let whole = body.bytes
        var elements = JSONElements(of: list, in: whole.span)
        while let element = elements.next() {
            try body.expect(.object, element)
            guard let type = whole.string("type", of: element) else {
                throw body.missing("type", in: element)
            }
            guard type.equals("function") else {
                request.tools.append(
                    ToolDefinition(.server(type: type, json: body.raw(element))))
                continue
            }
            guard let name = whole.string("name", of: element) else {
                throw body.missing("name", in: element)
            }
            var tool = FunctionTool(name: name)
            tool.description = whole.string("description", of: element)
            if let schema = body.member("parameters", of: element), schema.kind == .object {
                tool.parameters = body.raw(schema)
            }
            tool.isStrict = body.member("strict", of: element)?.bool(in: whole.span)
            var definition = ToolDefinition(.function(tool))
            definition.extras = .whole(body.raw(element), from: .responses)
            request.tools.append(definition)
        }
    }

    mutating func readToolChoice(_ value: JSONSlice) throws(RequestFault) {
        let whole = body.bytes
        if value.equals("auto", in: whole.span) {
            request.toolChoice = .auto
        } else if value.equals("none", in: whole.span) {
            request.toolChoice = ToolChoice.none
        } else if value.equals("required", in: whole.span) {
            request.toolChoice = .required
        } else if value.kind == .object {
            let isFunction = whole.string("type", of: value)?.equals("function") == true
            if isFunction, let name = whole.string("name", of: value) {
                request.toolChoice = .function(name: name)
            } else {
                request.toolChoice = .foreign(.responses, json: body.raw(value))
            }
        } else {
            throw body.invalid(value, " must be none, auto, required or an object.")
        }
    }
}
