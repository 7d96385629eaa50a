// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads content blocks, in requests and answers alike.
struct MessagesBlockReader {
    let body: ChatBody

    /// A string or a list of blocks.
    func content(
        _ value: JSONSlice
    ) throws(RequestFault) -> (parts: [ContentPart], isPlain: Bool) {
        if let text = EscapedText(value, in: body.bytes) {
            return ([ContentPart(.text(text))], true)
        }
        guard value.kind == .array else {
            throw body.wrongType(value, "a string or an array")
        }
        var parts: [ContentPart] = []
        var elements = JSONElements(of: value, in: body.bytes.span)
        while let element = elements.next() { parts.append(try part(element)) }
        return (parts, false)
    }

    func part(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        try body.expect(.object, value)
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        let span = body.bytes.span
        if type.equals("text", in: span) { return try text(value) }
        if type.equals("tool_use", in: span) { return try toolUse(value) }
        if type.equals("tool_result", in: span) { return try toolResult(value) }
        if type.equals("thinking", in: span) { return try thinking(value) }
        if type.equals("redacted_thinking", in: span) { return try sealed(value) }
        if type.equals("image", in: span) { return try media(value, isImage: true) }
        if type.equals("document", in: span) { return try media(value, isImage: false) }
        return ContentPart(.foreign(type: try body.text(type), json: body.raw(value)))
    }

    private func text(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        var text: EscapedText?
        var part = ContentPart(.text(EscapedText()))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "text") {
                text = try body.text(member.value)
            } else {
                if body.isNamed(member, "citations") {
                    part.citations = body.elements(of: member.value)
                }
                keepCommon(member, in: &part)
            }
        }
        guard let text else { throw body.missing("text", in: value) }
        part.kind = .text(text)
        return part
    }

    private func toolUse(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        var call = ToolCall(id: nil, name: EscapedText(), arguments: Bytes())
        var part = ContentPart(.toolCall(call))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "id") {
                call.id = try body.text(member.value)
            } else if body.isNamed(member, "name") {
                call.name = try body.text(member.value)
            } else if body.isNamed(member, "input") {
                call.arguments = body.raw(member.value)
            } else {
                // Called by the model itself is what any call is.
                let isDirect =
                    body.isNamed(member, "caller")
                    && body.member("type", of: member.value)?
                        .equals("direct", in: body.bytes.span) == true
                keepCommon(member, in: &part, isCovered: isDirect)
            }
        }
        guard !call.name.isEmpty else { throw body.missing("name", in: value) }
        part.kind = .toolCall(call)
        return part
    }

    private func toolResult(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        var result = ToolResult(callID: nil)
        var part = ContentPart(.toolResult(result))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "tool_use_id") {
                result.callID = try body.text(member.value)
            } else if body.isNamed(member, "content"), member.value.kind != .null {
                let content = try self.content(member.value)
                result.content = content.parts
                result.isPlain = content.isPlain
                if content.parts.isEmpty { body.keep(member, in: &part.extras, isCovered: true) }
            } else if body.isNamed(member, "is_error"), member.value.kind != .null {
                result.isError = try body.bool(member.value)
                if !result.isError { body.keep(member, in: &part.extras, isCovered: true) }
            } else {
                keepCommon(member, in: &part)
            }
        }
        guard result.callID != nil else { throw body.missing("tool_use_id", in: value) }
        part.kind = .toolResult(result)
        return part
    }

    private func thinking(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        var thought = Thought()
        var part = ContentPart(.reasoning(thought))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "thinking") {
                thought.text = try body.text(member.value)
            } else if body.isNamed(member, "signature"), member.value.kind != .null {
                thought.take(proof: try body.text(member.value), in: .messages)
            } else {
                keepCommon(member, in: &part)
            }
        }
        guard thought.text != nil else { throw body.missing("thinking", in: value) }
        part.kind = .reasoning(thought)
        return part
    }

    private func sealed(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        var thought = Thought()
        var part = ContentPart(.reasoning(thought))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "data") {
                thought.take(proof: try body.text(member.value), isSealed: true, in: .messages)
            } else {
                keepCommon(member, in: &part)
            }
        }
        guard thought.origin != nil else { throw body.missing("data", in: value) }
        part.kind = .reasoning(thought)
        return part
    }

    /// An image or a document; one whose source has a kind that we do not know stays whole.
    private func media(_ value: JSONSlice, isImage: Bool) throws(RequestFault) -> ContentPart {
        var source: MediaSource?
        var name: EscapedText?
        var part = ContentPart(.text(EscapedText()))
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "source") {
                source = try self.source(member.value)
                body.keep(member, in: &part.extras, isCovered: true)
            } else if !isImage, body.isNamed(member, "title"), member.value.kind != .null {
                name = try body.text(member.value)
            } else {
                keepCommon(member, in: &part)
            }
        }
        guard let source else {
            let type = EscapedText(isImage ? "image" : "document")
            return ContentPart(.foreign(type: type, json: body.raw(value)))
        }
        part.extras.origin = .messages
        part.kind = isImage ? .image(source, detail: nil) : .file(source, name: name)
        return part
    }

    private func source(_ value: JSONSlice) throws(RequestFault) -> MediaSource? {
        try body.expect(.object, value)
        guard let type = body.member("type", of: value) else {
            throw body.missing("type", in: value)
        }
        let span = body.bytes.span
        let mediaType = try optionalText("media_type", of: value)
        if type.equals("base64", in: span) {
            guard let mediaType else { throw body.missing("media_type", in: value) }
            return .base64(try requiredText("data", of: value), mediaType: mediaType)
        }
        if type.equals("url", in: span) {
            return .url(try requiredText("url", of: value), mediaType: mediaType)
        }
        if type.equals("file", in: span) {
            return .stored(id: try requiredText("file_id", of: value), mediaType: mediaType)
        }
        if type.equals("text", in: span) {
            return .text(try requiredText("data", of: value))
        }
        return nil
    }

    private func optionalText(
        _ name: StaticString, of object: JSONSlice
    ) throws(RequestFault) -> EscapedText? {
        guard let value = body.member(name, of: object), value.kind != .null else { return nil }
        return try body.text(value)
    }

    private func requiredText(
        _ name: StaticString, of object: JSONSlice
    ) throws(RequestFault) -> EscapedText {
        guard let text = try optionalText(name, of: object) else {
            throw body.missing(name, in: object)
        }
        return text
    }

    /// What every kind of block may have beside its own members.
    private func keepCommon(
        _ member: JSONMember, in part: inout ContentPart, isCovered: Bool = false
    ) {
        if body.isNamed(member, "type") { return }
        if body.isNamed(member, "cache_control"), member.value.kind != .null {
            part.cacheMark = body.raw(member.value)
            return
        }
        part.extras.origin = .messages
        body.keep(member, in: &part.extras, isCovered: isCovered)
    }
}
