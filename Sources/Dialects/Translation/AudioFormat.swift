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
