// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

extension JSONWriter {
    /// A part with an image, sound or document; false, with nothing written, for a file that
    /// another provider keeps.
    mutating func geminiMedia(_ source: MediaSource) -> Bool {
        switch source {
        case .base64(let data, let mediaType):
            beginObject()
            key("inlineData")
            beginObject()
            member("mimeType", mediaType)
            member("data", data)
            endObject()
        case .url(let url, let mediaType):
            beginObject()
            key("fileData")
            beginObject()
            if let type = mediaType ?? url.guessedMediaType { member("mimeType", type) }
            member("fileUri", url)
            endObject()
        case .text(let text):
            beginObject()
            member("text", text)
        case .stored: return false
        }
        endObject()
        return true
    }

    /// A `usageMetadata` object in Gemini's words.
    mutating func geminiUsage(_ usage: Usage) {
        let output = usage.billedOutputTokens
        let thoughts = min(usage.reasoningTokens ?? 0, output)
        beginObject()
        member("promptTokenCount", usage.inputTokens)
        member("candidatesTokenCount", output - thoughts)
        if thoughts > 0 { member("thoughtsTokenCount", thoughts) }
        if let cached = usage.cachedInputTokens, cached > 0 {
            member("cachedContentTokenCount", cached)
        }
        member("totalTokenCount", usage.inputTokens + output)
        endObject()
    }

    /// The members of an answer, or of each event of a stream, that stand beside the candidates.
    mutating func geminiHead(_ head: AnswerHead, _ caller: CallerTraits) {
        member("modelVersion", head.model ?? caller.model)
        key("responseId")
        if let id = head.id, !id.isEmpty { string(id) } else { string(caller.exchangeID) }
    }
}

extension EscapedText {
    /// The media type that a URL's ending stands for; Google wants one with each URL.
    fileprivate var guessedMediaType: EscapedText? {
        let whole = decoded
        let end = whole.span.firstIndex(of: UInt8(ascii: "?")) ?? whole.count
        let url = whole.span.extracting(0..<end)
        if url.hasSuffixIgnoringCase(".png") { return EscapedText("image/png") }
        if url.hasSuffixIgnoringCase(".jpg") || url.hasSuffixIgnoringCase(".jpeg") {
            return EscapedText("image/jpeg")
        }
        if url.hasSuffixIgnoringCase(".webp") { return EscapedText("image/webp") }
        if url.hasSuffixIgnoringCase(".gif") { return EscapedText("image/gif") }
        if url.hasSuffixIgnoringCase(".pdf") { return EscapedText("application/pdf") }
        if url.hasSuffixIgnoringCase(".mp4") { return EscapedText("video/mp4") }
        if url.hasSuffixIgnoringCase(".mp3") { return EscapedText("audio/mpeg") }
        if url.hasSuffixIgnoringCase(".wav") { return EscapedText("audio/wav") }
        return nil
    }
}

extension Span where Element == UInt8 {
    fileprivate func hasSuffixIgnoringCase(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        return count >= length
            && extracting(count - length..<count).equalsIgnoringCase(lowercase)
    }
}
