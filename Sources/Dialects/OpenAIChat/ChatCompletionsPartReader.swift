// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the elements of a message's `content`.
struct ChatCompletionsPartReader {
    let body: ChatBody

    init(_ body: ChatBody) { self.body = body }

    func part(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        if element.kind == .string {
            // Some providers take bare strings among the parts.
            return raw(.text(try body.text(element)), element)
        }
        try body.expect(.object, element)
        guard let type = body.member("type", of: element) else {
            throw body.missing("type", in: element)
        }
        let bytes = body.bytes.span
        if type.equals("text", in: bytes) { return try text(element, "text") }
        if type.equals("image_url", in: bytes) { return try image(element) }
        if type.equals("input_audio", in: bytes) { return try audio(element) }
        if type.equals("file", in: bytes) { return try file(element) }
        if type.equals("refusal", in: bytes) { return try text(element, "refusal") }
        if type.equals("thinking", in: bytes) { return thinking(element) }
        if type.equals("video_url", in: bytes) { return try video(element) }
        let word = try body.text(type)
        return ContentPart(.foreign(type: word, json: body.raw(element)))
    }

    private func text(
        _ element: JSONSlice, _ name: StaticString
    ) throws(RequestFault) -> ContentPart {
        guard let value = body.member(name, of: element) else {
            throw body.missing(name, in: element)
        }
        let text = try body.text(value)
        let isText = name.utf8CodeUnitCount == 4
        var part = ContentPart(isText ? .text(text) : .refusal(text))
        keepRest(of: element, but: name, in: &part)
        return part
    }

    private func image(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        guard let image = body.member("image_url", of: element) else {
            throw body.missing("image_url", in: element)
        }
        if image.kind == .string {  // Mistral
            let source = DataURL.source(try body.text(image))
            return raw(.image(source, detail: nil), element)
        }
        let source = DataURL.source(try url(in: image))
        let detail = body.bytes.string("detail", of: image)
        let kind = ContentPart.Kind.image(source, detail: detail)
        let isWhole = image.memberCount(in: body.bytes.span) == (detail == nil ? 1 : 2)
        guard isWhole else { return raw(kind, element) }
        var part = ContentPart(kind)
        keepRest(of: element, but: "image_url", in: &part)
        return part
    }

    private func video(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        guard let video = body.member("video_url", of: element) else {
            throw body.missing("video_url", in: element)
        }
        return raw(.video(DataURL.source(try url(in: video))), element)
    }

    private func audio(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        guard let audio = body.member("input_audio", of: element) else {
            throw body.missing("input_audio", in: element)
        }
        guard let data = body.member("data", of: audio) else {
            throw body.missing("data", in: audio)
        }
        guard let format = body.member("format", of: audio) else {
            throw body.missing("format", in: audio)
        }
        let type = AudioFormat.mediaType(try body.text(format))
        let source = MediaSource.base64(try body.text(data), mediaType: type)
        return raw(.audio(source), element)
    }

    private func file(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        guard let file = body.member("file", of: element) else {
            throw body.missing("file", in: element)
        }
        let name = body.bytes.string("filename", of: file)
        if let id = body.member("file_id", of: file), id.kind != .null {
            return raw(.file(.stored(id: try body.text(id), mediaType: nil), name: name), element)
        }
        guard let data = body.member("file_data", of: file) else {
            throw body.missing("file_data", in: file)
        }
        return raw(.file(FileData.source(try body.text(data)), name: name), element)
    }

    /// Mistral's thoughts among the parts of an assistant's message.
    private func thinking(_ element: JSONSlice) -> ContentPart {
        var text = EscapedText()
        if let list = body.member("thinking", of: element) {
            if let plain = EscapedText(list, in: body.bytes) { text = plain }
            var elements = JSONElements(of: list, in: body.bytes.span)
            while let piece = elements.next() {
                text = text + (body.bytes.string("text", of: piece) ?? EscapedText())
            }
        }
        var thought = Thought(text: text)
        if let proof = body.bytes.string("signature", of: element) {
            thought.take(proof: proof, in: .chatCompletions)
        }
        return raw(.reasoning(thought), element)
    }

    // MARK: - Private

    private func url(in object: JSONSlice) throws(RequestFault) -> EscapedText {
        try body.expect(.object, object)
        guard let url = body.member("url", of: object) else {
            throw body.missing("url", in: object)
        }
        return try body.text(url)
    }

    /// A part that goes back into its own format as it came.
    private func raw(_ kind: ContentPart.Kind, _ element: JSONSlice) -> ContentPart {
        var part = ContentPart(kind)
        part.extras = .whole(body.raw(element), from: .chatCompletions)
        if element.kind == .object, let mark = body.member("cache_control", of: element) {
            part.cacheMark = body.raw(mark)
        }
        return part
    }

    private func keepRest(
        of element: JSONSlice, but name: StaticString, in part: inout ContentPart
    ) {
        var members = JSONMembers(of: element, in: body.bytes.span)
        while let member = members.next() {
            if body.isNamed(member, "cache_control") {
                part.cacheMark = body.raw(member.value)
            } else if !body.isNamed(member, "type"), !body.isNamed(member, name) {
                part.extras.origin = .chatCompletions
                body.keep(member, in: &part.extras)
            }
        }
    }
}

extension JSONSlice {
    func memberCount(in bytes: Span<UInt8>) -> Int {
        var count = 0
        var members = JSONMembers(of: self, in: bytes)
        while members.next() != nil { count += 1 }
        return count
    }
}

extension Extras {
    /// A value kept whole, which stands for all that the model took from it.
    static func whole(_ json: Bytes, from format: WireFormat) -> Extras {
        var extras = Extras(origin: format)
        extras.members = [RawMember(name: EscapedText(), value: json, isCovered: true)]
        return extras
    }

    /// The whole value in its own format; nil if only members are kept.
    func whole(in format: WireFormat) -> Bytes? {
        guard origin == format, let first = members.first, first.name.isEmpty else { return nil }
        return first.value
    }
}
