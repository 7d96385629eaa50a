// SPDX-License-Identifier: Apache-2.0
public import Core

extension Translator {
    /// The fault of a chat with an image by URL, for a target that takes bytes alone.
    public static func remoteImage(in body: Bytes, _ format: WireFormat) -> RequestFault? {
        // Ollama's own callers have no URLs; what cannot be read is told where it is translated.
        guard format != .ollamaChat, let request = try? request(body, in: format) else {
            return nil
        }
        for (index, message) in request.messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                guard case .image(.url, _) = part.kind else { continue }
                return .invalid(
                    ChatPath(request).part(index, place),
                    " is an image by URL; the model's provider takes images as base64 alone.")
            }
        }
        return nil
    }
}
