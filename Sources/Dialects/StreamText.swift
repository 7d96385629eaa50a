// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// The text of a stream as it passes, for whoever counts its tokens; what was counted is let go.
public final class StreamText {
    /// What the provider's events are read with, where they are passed on unread.
    private var decoder: any StreamDecoder
    private var text = ByteWriter()

    /// For a stream in this format.
    public init(_ format: WireFormat) {
        decoder =
            switch format {
            case .chatCompletions: ChatCompletionsFormat.Decoder()
            case .responses: ResponsesFormat.Decoder()
            case .messages: MessagesFormat.Decoder()
            case .generateContent: GenerateContentFormat.Decoder()
            case .ollamaChat: OllamaChatFormat.Decoder()
            case .cohereChat: CohereChatFormat.Decoder()
            }
    }

    /// Bytes that wait to be counted.
    public var count: Int { text.count }

    /// Takes what one step of a stream says.
    func append(_ event: StreamEvent) {
        switch event {
        case .text(let piece), .reasoning(let piece), .refusal(let piece),
            .toolCall(_, _, let piece), .toolArguments(_, let piece):
            text.append(piece.decoded)
        default: break
        }
    }

    /// Takes a whole event as it came, with its fields.
    func append(event: Span<UInt8>) {
        var payload = ByteWriter()
        var start = 0
        while start < event.count {
            let end = event.indexOfLineBreak(from: start)
            let line = event.extracting(start..<end)
            if line.hasPrefix("data:") { payload.append(line.extracting(5..<line.count)) }
            start = end + 1
        }
        let whole = payload.finish()
        let data = whole[whole.span.trimmedRange]
        guard !data.isEmpty else { return }
        // What cannot be read has no text.
        for frame in (try? decoder.frames(of: data, name: Bytes().span)) ?? [] {
            for event in frame.events { append(event) }
        }
    }

    /// The text so far, but for the word at its end, which may go on; all of it at the end.
    public func take(isEnd: Bool) -> Bytes {
        let whole = text.finish()
        guard !isEnd, let blank = whole.span.lastBlank, blank > 0 else { return whole }
        text.append(whole[blank..<whole.count])
        return whole[0..<blank]
    }
}

extension Span where Element == UInt8 {
    /// Where the last blank or line break stands.
    fileprivate var lastBlank: Int? {
        var index = count - 1
        while index >= 0 {
            if self[index] == 0x20 || self[index] == 0x0A { return index }
            index -= 1
        }
        return nil
    }
}
