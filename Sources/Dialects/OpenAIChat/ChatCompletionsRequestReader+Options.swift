// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension ChatCompletionsRequestReader {
    mutating func readOptions(
        _ member: JSONMember, _ name: Span<UInt8>
    ) throws(RequestFault) -> Bool {
        let value = member.value
        if name.equals("stop") {
            try readStop(value)
        } else if name.equals("response_format") {
            try readOutput(member)
        } else if name.equals("reasoning_effort") {
            withReasoning(try body.text(value))
        } else if name.equals("reasoning") {
            try readReasoning(member)
        } else if name.equals("thinking") {
            readThinking(member)
        } else if name.equals("user") {
            request.user = try body.text(value)
        } else if name.equals("metadata") {
            try body.expect(.object, value)
            request.metadata = body.raw(value)
        } else if name.equals("service_tier") {
            request.serviceTier = try body.text(value)
        } else if name.equals("modalities") {
            try body.expect(.array, value)
            request.modalities = body.raw(value)
        } else {
            return false
        }
        return true
    }

    private mutating func readStop(_ value: JSONSlice) throws(RequestFault) {
        if value.kind == .string {
            request.stop = [try body.text(value)]
            request.spelling.insert(.plainStop)
        } else {
            request.stop = try body.texts(value)
        }
    }

    private mutating func withReasoning(_ effort: EscapedText) {
        var options = request.reasoning ?? ReasoningOptions()
        options.effort = effort
        request.reasoning = options
    }

    /// OpenRouter's object: `effort` or `max_tokens`, `exclude`, `enabled`.
    private mutating func readReasoning(_ member: JSONMember) throws(RequestFault) {
        try body.expect(.object, member.value)
        var options = request.reasoning ?? ReasoningOptions()
        var members = JSONMembers(of: member.value, in: body.bytes.span)
        while let inner = members.next() {
            if inner.value.kind == .null { continue }
            if body.isNamed(inner, "effort") {
                if options.effort == nil { options.effort = try body.text(inner.value) }
            } else if body.isNamed(inner, "max_tokens") {
                options.budgetTokens = try body.int(inner.value)
            } else if body.isNamed(inner, "exclude") {
                options.includesThoughts = try !body.bool(inner.value)
            } else if body.isNamed(inner, "enabled"), try !body.bool(inner.value) {
                options.budgetTokens = 0
            } else if body.isNamed(inner, "summary") {
                options.summary = try body.text(inner.value)
            }
        }
        request.reasoning = options
        body.keep(member, in: &request.extras, isCovered: true)
    }

    /// The switch of DeepSeek and others, in Anthropic's shape.
    private mutating func readThinking(_ member: JSONMember) {
        if let type = body.bytes.string("type", of: member.value) {
            var options = request.reasoning ?? ReasoningOptions()
            if type.equals("disabled") { options.budgetTokens = 0 }
            if let budget = body.member("budget_tokens", of: member.value) {
                options.budgetTokens = budget.int(in: body.bytes.span)
            }
            request.reasoning = options
        }
        body.keep(member, in: &request.extras, isCovered: true)
    }

    private mutating func readOutput(_ member: JSONMember) throws(RequestFault) {
        try body.expect(.object, member.value)
        guard let type = body.member("type", of: member.value) else {
            throw body.missing("type", in: member.value)
        }
        if type.equals("json_object", in: body.bytes.span) {
            request.output = .json
        } else if type.equals("json_schema", in: body.bytes.span) {
            guard let format = body.member("json_schema", of: member.value) else {
                throw body.missing("json_schema", in: member.value)
            }
            request.output = .schema(try schema(format, of: member))
        } else {
            // `text` is what stands without it; others are grammars of single providers.
            let isText = type.equals("text", in: body.bytes.span)
            body.keep(member, in: &request.extras, isCovered: isText)
        }
    }

    private mutating func schema(
        _ format: JSONSlice, of member: JSONMember
    ) throws(RequestFault) -> OutputSchema {
        try body.expect(.object, format)
        var output = OutputSchema(schema: "{}")
        var isWhole = true
        var members = JSONMembers(of: format, in: body.bytes.span)
        while let inner = members.next() {
            if inner.value.kind == .null {
                isWhole = false
            } else if body.isNamed(inner, "name") {
                output.name = try body.text(inner.value)
            } else if body.isNamed(inner, "description") {
                output.description = try body.text(inner.value)
            } else if body.isNamed(inner, "strict") {
                output.isStrict = try body.bool(inner.value)
            } else if body.isNamed(inner, "schema") {
                try body.expect(.object, inner.value)
                output.schema = body.raw(inner.value)
            } else {
                isWhole = false
            }
        }
        if !isWhole { body.keep(member, in: &request.extras, isCovered: true) }
        return output
    }
}

extension Bytes {
    /// The text of a string member of an object; nil if there is none.
    func string(_ name: StaticString, of object: JSONSlice) -> EscapedText? {
        ChatBody(self).member(name, of: object).flatMap { EscapedText($0, in: self) }
    }
}
