// SPDX-License-Identifier: Apache-2.0
public import Core
public import JSON

extension Translator {
    /// An image that a chat names by URL.
    public struct RemoteImage: Sendable {
        public let url: EscapedText
        /// Its place in the caller's body.
        public let path: Bytes
    }

    /// The images by URL of a chat, in order; none of a body that cannot be read.
    public static func remoteImages(in body: Bytes, _ format: WireFormat) -> [RemoteImage] {
        guard format != .ollamaChat, let request = try? request(body, in: format) else {
            return []
        }
        var found: [RemoteImage] = []
        for (index, message) in request.messages.enumerated() {
            for (place, part) in message.parts.enumerated() {
                guard case .image(.url(let url, _), _) = part.kind else { continue }
                found.append(
                    RemoteImage(url: url, path: ChatPath(request).part(index, place)))
            }
        }
        return found
    }

    /// The fault of a chat with an image by URL, for a target that takes bytes alone.
    public static func remoteImage(in body: Bytes, _ format: WireFormat) -> RequestFault? {
        // Ollama's own callers have no URLs; what cannot be read is told where it is translated.
        remoteImages(in: body, format).first.map { image in
            .invalid(
                image.path,
                " is an image by URL; the model's provider takes images as base64 alone.")
        }
    }
}

extension ChatRequest {
    /// The chat with images in place of their URLs, those in the results of tools included.
    public func inlining(_ images: [Bytes: MediaSource]) -> ChatRequest {
        var chat = self
        for message in chat.messages.indices {
            for part in chat.messages[message].parts.indices {
                chat.messages[message].parts[part].inline(images)
            }
        }
        return chat
    }

    /// Throws if the chat stands on what only its own provider keeps, and goes to another.
    public func demandExpressible(in format: WireFormat) throws(RequestFault) {
        guard extras.origin == .generateContent, format != .generateContent else { return }
        for member in extras.members where member.isCache && !member.value.span.equals("null") {
            throw .invalid(
                member.name.decoded,
                """
                 names contents that Gemini keeps, which are part of the prompt: \
                the model's provider does not have them.
                """)
        }
    }
}

extension RawMember {
    fileprivate var isCache: Bool {
        name.equals("cachedContent") || name.equals("cached_content")
    }
}

extension ContentPart {
    fileprivate mutating func inline(_ images: [Bytes: MediaSource]) {
        switch kind {
        case .image(.url(let url, _), let detail):
            guard let image = images[url.decoded] else { return }
            kind = .image(image, detail: detail)
        case .toolResult(var result):
            for part in result.content.indices { result.content[part].inline(images) }
            kind = .toolResult(result)
        default: break
        }
    }
}
