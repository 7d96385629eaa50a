// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Writes the parts of a message's content.
enum ResponsesPartWriter {
    /// Writes a part of a request; false if there is no way to say it, as for sounds.
    static func write(_ part: ContentPart, to json: inout JSONWriter) -> Bool {
        switch part.kind {
        case .text(let text): writeText(text, &json)
        case .image(let source, let detail): return write(image: source, detail, &json)
        case .file(let source, let name): return write(file: source, name, &json)
        default: return false
        }
        return true
    }

    private static func writeText(_ text: EscapedText, _ json: inout JSONWriter) {
        json.beginObject()
        json.member("type", "input_text")
        json.member("text", text)
        json.endObject()
    }

    private static func write(
        image source: MediaSource, _ detail: EscapedText?, _ json: inout JSONWriter
    ) -> Bool {
        if case .text = source { return false }
        json.beginObject()
        json.member("type", "input_image")
        switch source {
        case .url(let url, _): json.member("image_url", url)
        case .base64(let data, let type):
            json.key("image_url")
            DataURL.write(data, mediaType: type, to: &json)
        case .stored(let id, _): json.member("file_id", id)
        case .text: break
        }
        json.member("detail", detail ?? EscapedText("auto"))
        json.endObject()
        return true
    }

    private static func write(
        file source: MediaSource, _ name: EscapedText?, _ json: inout JSONWriter
    ) -> Bool {
        if case .text(let text) = source {
            writeText(text, &json)
            return true
        }
        json.beginObject()
        json.member("type", "input_file")
        switch source {
        case .base64(let data, let type):
            json.member("filename", name ?? EscapedText("document.pdf"))
            json.key("file_data")
            DataURL.write(data, mediaType: type, to: &json)
        case .url(let url, _): json.member("file_url", url)
        case .stored(let id, _): json.member("file_id", id)
        case .text: break
        }
        json.endObject()
        return true
    }

    /// Writes a text or refusal that the assistant said.
    static func writeOutput(
        _ part: ContentPart, annotations: Bytes = "[]", odds: Bytes = "[]",
        to json: inout JSONWriter
    ) {
        json.beginObject()
        switch part.kind {
        case .refusal(let text):
            json.member("type", "refusal")
            json.member("refusal", text)
        case .text(let text):
            json.member("type", "output_text")
            json.member("text", text)
            json.member("annotations", raw: annotations)
            json.member("logprobs", raw: odds)
        default: break
        }
        json.endObject()
    }
}
