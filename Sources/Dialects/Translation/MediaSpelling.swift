// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// OpenAI's words for the formats of sound, and the media types behind them.
enum AudioFormat {
    static func mediaType(_ format: EscapedText) -> EscapedText {
        if format.equals("mp3") { return EscapedText("audio/mpeg") }
        return EscapedText("audio/") + format
    }

    /// The word for a media type; nil for what is no sound.
    static func word(for mediaType: EscapedText) -> EscapedText? {
        let text = mediaType.decoded
        if text.span.equals("audio/mpeg") { return EscapedText("mp3") }
        if text.span.equals("audio/x-wav") || text.span.equals("audio/wave") {
            return EscapedText("wav")
        }
        guard text.span.hasPrefix("audio/") else { return nil }
        return EscapedText(escaping: text.dropFirst(6).span)
    }
}

/// The `file_data` of OpenAI's file parts: a data URL, bare base64, or an address.
enum FileData {
    static func source(_ data: EscapedText) -> MediaSource {
        let raw = data.raw.span
        if raw.hasPrefix("data:") { return DataURL.source(data) }
        if raw.hasPrefix("http:") || raw.hasPrefix("https:") { return .url(data, mediaType: nil) }
        return .base64(data, mediaType: EscapedText("application/pdf"))
    }
}
