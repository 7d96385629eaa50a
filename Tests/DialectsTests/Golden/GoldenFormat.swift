// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON

/// A chat format with its generics put away, so that the matrix can hold all of them.
struct GoldenFormat: Sendable {
    typealias Frames = (frames: [StreamFrame], error: ProviderError?)

    let format: WireFormat
    let readRequest: @Sendable (Bytes) throws(RequestFault) -> ChatRequest
    let writeRequest:
        @Sendable (ChatRequest, TargetTraits, inout TranslationNotes) throws(RequestFault) -> Bytes
    let readAnswer: @Sendable (Bytes) throws(ProviderError) -> ChatAnswer
    let writeAnswer: @Sendable (ChatAnswer, CallerTraits) -> Bytes
    let readError: @Sendable (Bytes, Int) -> ProviderError
    /// All frames of a stream's events, up to the first error if there is one.
    let readStream: @Sendable ([GoldenEvent]) -> Frames
    /// A stream with its end, or with the error event.
    let writeStream: @Sendable ([StreamFrame], CallerTraits, ErrorBody?) -> Bytes
    /// What an error adds to the stream behind each number of frames.
    let failures: @Sendable ([StreamFrame], CallerTraits, ErrorBody) -> [Bytes]

    init<Format: ChatFormat>(_: Format.Type) {
        format = Format.format
        readRequest = { (body) throws(RequestFault) in try Format.request(from: body) }
        writeRequest = { (request, target, notes) throws(RequestFault) in
            try Format.body(of: request, for: target, notes: &notes)
        }
        readAnswer = { (body) throws(ProviderError) in try Format.answer(from: body) }
        writeAnswer = { Format.body(of: $0, for: $1) }
        readError = { Format.error(from: $0, status: $1) }
        readStream = { Self.read($0, Format.Decoder()) }
        writeStream = { Self.write($0, Format.Encoder(for: $1), $2) }
        failures = { Self.fail($0, Format.Encoder(for: $1), $2) }
    }

    private static func read(_ events: [GoldenEvent], _ decoder: some StreamDecoder) -> Frames {
        var decoder = decoder
        var frames: [StreamFrame] = []
        for event in events {
            do throws(ProviderError) {
                frames += try decoder.frames(of: event.data, name: event.name.span)
            } catch {
                return (frames, error)
            }
        }
        return (frames, nil)
    }

    private static func write(
        _ frames: [StreamFrame], _ encoder: some StreamEncoder, _ error: ErrorBody?
    ) -> Bytes {
        var encoder = encoder
        var writer = ByteWriter()
        for frame in frames { encoder.append(frame, to: &writer) }
        if let error { encoder.fail(error, &writer) } else { encoder.finish(&writer) }
        return writer.finish()
    }

    private static func fail(
        _ frames: [StreamFrame], _ encoder: some StreamEncoder, _ error: ErrorBody
    ) -> [Bytes] {
        var encoder = encoder
        var writer = ByteWriter()
        var tails: [Bytes] = []
        for frame in frames {
            encoder.append(frame, to: &writer)
            var broken = encoder
            var tail = ByteWriter()
            broken.fail(error, &tail)
            tails.append(tail.finish())
        }
        return tails
    }

    /// A caller for whom everything is made up.
    static func caller(_ model: EscapedText, of provider: WireFormat? = nil) -> CallerTraits {
        var caller = CallerTraits(model: model, now: 1_700_000_000, exchangeID: "0123456789abcdef")
        caller.includesUsage = true
        caller.provider = provider
        return caller
    }
}
