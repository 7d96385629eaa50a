// SPDX-License-Identifier: Apache-2.0
public import Core
internal import HTTP
internal import JSON

/// Turns one provider's stream into the caller's, event by event, whatever bytes it is cut at.
///
/// A class for the sake of its subclasses: each pair of formats is one, specialised as a whole, so
/// that the only dynamic call is the one for each piece of input.
public class StreamTranslator {
    /// What was seen of the stream; the caller's encoder has been told the same.
    public struct Facts: Sendable {
        /// The last one that the provider told.
        public var usage: Usage?
        /// Something that cannot be taken back was said: text, a thought, a call.
        public var hasToken = false
        /// Pieces of text, thoughts and calls, and their bytes; for estimates without a usage.
        public var pieceCount = 0
        public var textBytes = 0
        /// The provider said why the answer ended.
        public var hasFinish = false
        /// The provider said that nothing follows.
        public var isDone = false

        public init() {}

        /// Whether the end of the bytes here is the end of a whole answer.
        public var isComplete: Bool { hasFinish || isDone }
    }

    public internal(set) var facts = Facts()
    /// Who wants the text of the events; nil while nobody does.
    public var text: StreamText?

    /// What the caller's format had no place for.
    public var losses: TranslationNotes { preconditionFailure("a pair of formats has losses") }

    init() {}

    /// Takes the next bytes, and appends what they become; throws at the provider's own error.
    public func onBytes(
        _ input: Span<UInt8>, to writer: inout ByteWriter
    ) throws(ProviderError) {
        preconditionFailure("a stream translator has a pair of formats")
    }

    /// Takes the end of the bytes, and appends the end of a complete stream.
    public func finish(_ writer: inout ByteWriter) throws(ProviderError) {
        preconditionFailure("a stream translator has a pair of formats")
    }

    /// Writes a whole answer as a stream, for a provider that did not stream.
    public func write(_ answer: ChatAnswer, to writer: inout ByteWriter) {
        preconditionFailure("a stream translator has a pair of formats")
    }

    /// Appends an error event.
    public func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        preconditionFailure("a stream translator has a pair of formats")
    }
}

/// How a provider's stream is cut into events.
public enum StreamFraming: String, Sendable, CaseIterable {
    /// Server-sent events.
    case events = "sse"
    /// One JSON object on each line.
    case lines
}

/// One pair of formats.
final class PairTranslator<Decoder: StreamDecoder, Encoder: StreamEncoder>: StreamTranslator {
    /// A line longer than this is no event of a chat.
    private static var lineLimit: Int { EventStreamParser.defaultMaxEventBytes }

    private var decoder: Decoder
    private var encoder: Encoder
    private let framing: StreamFraming
    private var events = EventStreamParser()
    private var line = ByteWriter()
    private var lost: AnswerLosses

    init(
        _ decoder: Decoder, _ encoder: Encoder, _ format: WireFormat, _ framing: StreamFraming
    ) {
        self.decoder = decoder
        self.encoder = encoder
        self.framing = framing
        lost = AnswerLosses(in: format)
    }

    override var losses: TranslationNotes { lost.notes }

    override func onBytes(
        _ input: Span<UInt8>, to writer: inout ByteWriter
    ) throws(ProviderError) {
        switch framing {
        case .events: try onEvents(input, to: &writer)
        case .lines: try onLines(input, to: &writer)
        }
    }

    private func onEvents(
        _ input: Span<UInt8>, to writer: inout ByteWriter
    ) throws(ProviderError) {
        var offset = 0
        while true {
            let rest = input.extracting(offset..<input.count)
            let (consumed, event) = events.next(rest)
            offset += consumed
            switch event {
            case .needMore: return
            case .failure:
                throw ProviderError(
                    kind: .malformedAnswer, status: 502, message: "An event is too large.")
            case .event(let event):
                let data = Bytes(copying: events.data(of: event, in: rest))
                let name = Bytes(copying: events.name(of: event, in: rest))
                try take(decoder.frames(of: data, name: name.span), &writer)
            }
        }
    }

    private func onLines(
        _ input: Span<UInt8>, to writer: inout ByteWriter
    ) throws(ProviderError) {
        var start = 0
        while let end = input.firstIndex(of: 0x0A, from: start) {
            line.append(input.extracting(start..<end))
            try onLine(&writer)
            start = end + 1
        }
        line.append(input.extracting(start..<input.count))
        guard line.count <= Self.lineLimit else {
            throw ProviderError(
                kind: .malformedAnswer, status: 502, message: "A line is too large.")
        }
    }

    private func onLine(_ writer: inout ByteWriter) throws(ProviderError) {
        let whole = line.finish()
        let data = whole[whole.span.trimmedRange]
        guard !data.isEmpty else { return }
        try take(decoder.frames(of: data, name: Bytes().span), &writer)
    }

    private func take(
        _ frames: [StreamFrame], _ writer: inout ByteWriter
    ) throws(ProviderError) {
        for frame in frames {
            for event in frame.events { try note(event) }
            lost.take(frame)
            encoder.append(frame, to: &writer)
        }
    }

    private func note(_ event: StreamEvent) throws(ProviderError) {
        text?.append(event)
        switch event {
        case .text(let text), .reasoning(let text), .refusal(let text):
            guard !text.isEmpty else { return }
            facts.hasToken = true
            facts.pieceCount += 1
            facts.textBytes += text.raw.count
        case .toolArguments(_, let text):
            facts.hasToken = true
            facts.textBytes += text.raw.count
        case .toolCall, .media, .sealedReasoning:
            facts.hasToken = true
            facts.pieceCount += 1
        case .finish: facts.hasFinish = true
        case .usage(let usage): facts.usage = usage
        case .done: facts.isDone = true
        case .error(let error): throw error
        case .start, .partStart, .partEnd, .signature, .citation, .logprobs, .ping, .foreign:
            break
        }
    }

    override func finish(_ writer: inout ByteWriter) throws(ProviderError) {
        if framing == .lines { try onLine(&writer) }
        if facts.isComplete { encoder.finish(&writer) }
    }

    override func write(_ answer: ChatAnswer, to writer: inout ByteWriter) {
        for frame in answer.frames {
            // Our own frames hold no error.
            for event in frame.events { try? note(event) }
            lost.take(frame)
            encoder.append(frame, to: &writer)
        }
        facts.usage = answer.usage
        encoder.finish(&writer)
    }

    override func fail(_ error: ErrorBody, _ writer: inout ByteWriter) {
        encoder.fail(error, &writer)
    }
}
