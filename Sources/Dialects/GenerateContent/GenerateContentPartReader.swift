// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads Gemini's contents and their parts, in requests and answers alike.
struct GenerateContentPartReader {
    let body: ChatBody

    /// What one part has, before it is known what the part is.
    private struct Fields {
        var text: JSONSlice?
        var isThought = false
        var signature: EscapedText?
        var inline: JSONMember?
        var file: JSONMember?
        var call: JSONMember?
        var response: JSONMember?
        var others = Extras(origin: .generateContent)
    }

    /// A content as a message; its own role counts unless one is given.
    func message(
        _ value: JSONSlice, role: ChatMessage.Role?
    ) throws(RequestFault) -> ChatMessage {
        var message = ChatMessage(role: role ?? .user)
        message.extras = Extras(origin: .generateContent)
        if let text = EscapedText(value, in: body.bytes) {
            message.parts = [ContentPart(.text(text))]
            return message
        }
        try body.expect(.object, value)
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if body.isCalled(member, "parts"), member.value.kind != .null {
                message.parts = try parts(member.value)
            } else if body.isCalled(member, "role") {
                if role == nil, member.value.equals("model", in: body.bytes.span) {
                    message.role = .assistant
                }
            } else {
                body.keep(member, in: &message.extras)
            }
        }
        return message
    }

    func parts(_ value: JSONSlice) throws(RequestFault) -> [ContentPart] {
        if value.kind == .object { return [try part(value)] }
        try body.expect(.array, value)
        var parts: [ContentPart] = []
        var elements = JSONElements(of: value, in: body.bytes.span)
        while let element = elements.next() { parts.append(try part(element)) }
        return parts
    }

    func part(_ value: JSONSlice) throws(RequestFault) -> ContentPart {
        try body.expect(.object, value)
        let fields = try fields(of: value)
        var part = ContentPart(.text(EscapedText()))
        part.extras = fields.others
        if let text = fields.text {
            let text = try body.text(text)
            if fields.isThought {
                var thought = Thought(text: text)
                if let proof = fields.signature {
                    thought.take(proof: proof, in: .generateContent)
                }
                part.kind = .reasoning(thought)
            } else {
                part.kind = .text(text)
                keep(fields.signature, in: &part.extras)
            }
        } else if let call = fields.call {
            part.kind = .toolCall(try self.call(call, fields.signature, &part.extras))
        } else if let response = fields.response {
            part.kind = .toolResult(try self.response(response, &part.extras))
        } else if let media = fields.inline ?? fields.file {
            keep(fields.signature, in: &part.extras)
            part.kind = try self.media(
                media, isInline: fields.inline != nil, &part.extras)
            if fields.isThought { part = whole("thought", value) }
        } else {
            let name = fields.others.members.first?.name ?? EscapedText("empty")
            return ContentPart(.foreign(type: name, json: body.raw(value)))
        }
        return part
    }

    private func whole(_ type: StaticString, _ value: JSONSlice) -> ContentPart {
        ContentPart(.foreign(type: EscapedText(type), json: body.raw(value)))
    }

    private func fields(of value: JSONSlice) throws(RequestFault) -> Fields {
        var fields = Fields()
        var members = JSONMembers(of: value, in: body.bytes.span)
        while let member = members.next() {
            if member.value.kind == .null {
                body.keep(member, in: &fields.others, isCovered: true)
            } else if body.isCalled(member, "text") {
                fields.text = member.value
            } else if body.isCalled(member, "thought") {
                fields.isThought = try body.bool(member.value)
                if !fields.isThought {
                    body.keep(member, in: &fields.others, isCovered: true)
                }
            } else if body.isCalled(member, "thoughtsignature") {
                fields.signature = try body.text(member.value)
            } else if body.isCalled(member, "inlinedata") {
                fields.inline = member
            } else if body.isCalled(member, "filedata") {
                fields.file = member
            } else if body.isCalled(member, "functioncall") {
                fields.call = member
            } else if body.isCalled(member, "functionresponse") {
                fields.response = member
            } else {
                body.keep(member, in: &fields.others)
            }
        }
        return fields
    }

    /// A signature of what is neither thought nor call matters to Gemini alone.
    private func keep(_ signature: EscapedText?, in extras: inout Extras) {
        guard let signature else { return }
        var json = JSONWriter(capacity: signature.raw.count + 2)
        json.string(signature)
        extras.members.append(
            RawMember(
                name: EscapedText("thoughtSignature"), value: json.finish(), isCovered: true))
    }

    private func call(
        _ member: JSONMember, _ signature: EscapedText?, _ extras: inout Extras
    ) throws(RequestFault) -> ToolCall {
        try body.expect(.object, member.value)
        guard let name = body.looseText("name", of: member.value) else {
            throw body.missing("name", in: member.value)
        }
        let arguments = body.loose("args", of: member.value)
        var call = ToolCall(
            id: body.looseText("id", of: member.value), name: name,
            arguments: arguments.map(body.raw) ?? Bytes())
        call.signature = signature
        let known = 1 + (call.id == nil ? 0 : 1) + (arguments == nil ? 0 : 1)
        if body.hasMore(than: known, in: member.value) {
            body.keep(member, in: &extras, isCovered: true)
        }
        return call
    }

    private func response(
        _ member: JSONMember, _ extras: inout Extras
    ) throws(RequestFault) -> ToolResult {
        try body.expect(.object, member.value)
        var result = ToolResult(callID: body.looseText("id", of: member.value))
        result.name = body.looseText("name", of: member.value)
        if let object = body.loose("response", of: member.value) {
            result.object = body.raw(object)
            result.isError =
                object.kind == .object && body.loose("error", of: object) != nil
                && !body.hasMore(than: 1, in: object)
        }
        if let media = body.loose("parts", of: member.value), media.kind == .array {
            result.content = try parts(media)
        }
        body.keep(member, in: &extras, isCovered: true)
        return result
    }

    private func media(
        _ member: JSONMember, isInline: Bool, _ extras: inout Extras
    ) throws(RequestFault) -> ContentPart.Kind {
        try body.expect(.object, member.value)
        body.keep(member, in: &extras, isCovered: true)
        let mediaType = body.looseText("mimetype", of: member.value)
        let name = body.looseText("displayname", of: member.value)
        if isInline {
            guard let data = body.looseText("data", of: member.value) else {
                throw body.missing("data", in: member.value)
            }
            let source = MediaSource.base64(
                data.standardBase64, mediaType: mediaType ?? EscapedText())
            return Self.kind(source, mediaType, name)
        }
        guard let uri = body.looseText("fileuri", of: member.value) else {
            throw body.missing("fileUri", in: member.value)
        }
        return Self.kind(Self.source(uri, mediaType), mediaType, name)
    }

    /// Google's own stores are of no use to others.
    private static func source(_ uri: EscapedText, _ mediaType: EscapedText?) -> MediaSource {
        let isStored =
            uri.raw.span.hasPrefix("gs://")
            || uri.raw.span.hasPrefix("https://generativelanguage.googleapis.com/")
        return isStored
            ? .stored(id: uri, mediaType: mediaType) : .url(uri, mediaType: mediaType)
    }

    private static func kind(
        _ source: MediaSource, _ mediaType: EscapedText?, _ name: EscapedText?
    ) -> ContentPart.Kind {
        let type = mediaType?.decoded ?? Bytes()
        if type.span.hasPrefixIgnoringCase("image/") { return .image(source, detail: nil) }
        if type.span.hasPrefixIgnoringCase("audio/") { return .audio(source) }
        if type.span.hasPrefixIgnoringCase("video/") { return .video(source) }
        return .file(source, name: name)
    }
}
