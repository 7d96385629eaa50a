// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads the parts of a message's content, and of a tool's output.
struct ResponsesPartReader {
    let body: ChatBody

    init(_ body: ChatBody) { self.body = body }

    func part(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        try body.expect(.object, element)
        guard let type = body.bytes.string("type", of: element) else {
            throw body.missing("type", in: element)
        }
        if type.equals("input_text") || type.equals("output_text") {
            var part = ContentPart(.text(try text("text", of: element)))
            if let list = body.member("annotations", of: element) {
                part.citations = body.elements(of: list)
            }
            return part
        }
        if type.equals("refusal") {
            return ContentPart(.refusal(try text("refusal", of: element)))
        }
        if type.equals("input_image") { return try image(element) }
        if type.equals("input_file") { return try file(element) }
        if type.equals("input_audio") { return try audio(element) }
        return ContentPart(.foreign(type: type, json: body.raw(element)))
    }

    private func text(
        _ name: StaticString, of element: JSONSlice
    ) throws(RequestFault) -> EscapedText {
        guard let value = body.member(name, of: element) else {
            throw body.missing(name, in: element)
        }
        return try body.text(value)
    }

    private func image(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        let detail = body.bytes.string("detail", of: element)
        if let url = body.bytes.string("image_url", of: element) {
            return ContentPart(.image(DataURL.source(url), detail: detail))
        }
        let id = try text("file_id", of: element)
        return ContentPart(.image(.stored(id: id, mediaType: nil), detail: detail))
    }

    private func file(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        let name = body.bytes.string("filename", of: element)
        if let data = body.bytes.string("file_data", of: element) {
            return ContentPart(.file(FileData.source(data), name: name))
        }
        if let url = body.bytes.string("file_url", of: element) {
            return ContentPart(.file(.url(url, mediaType: nil), name: name))
        }
        let id = try text("file_id", of: element)
        return ContentPart(.file(.stored(id: id, mediaType: nil), name: name))
    }

    private func audio(_ element: JSONSlice) throws(RequestFault) -> ContentPart {
        guard let audio = body.member("input_audio", of: element) else {
            throw body.missing("input_audio", in: element)
        }
        let type = AudioFormat.mediaType(try text("format", of: audio))
        return ContentPart(.audio(.base64(try text("data", of: audio), mediaType: type)))
    }
}
