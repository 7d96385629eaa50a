// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// The `file_data` of OpenAI's file parts: a data URL, bare base64, or an address.
enum FileData {
    static func source(_ data: EscapedText) -> MediaSource {
        let raw = data.raw.span
        if raw.hasPrefix("data:") { return DataURL.source(data) }
        if raw.hasPrefix("http:") || raw.hasPrefix("https:") { return .url(data, mediaType: nil) }
        return .base64(data, mediaType: EscapedText("application/pdf"))
    }
}
