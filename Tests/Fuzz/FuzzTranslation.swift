// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import HTTP
import JSON

/// Whatever a format's readers are given, they refuse it or make what every writer can write.
///
/// What is written is JSON or whole events, the notes are few, and an own request can be read
/// again. The first byte of the input says what the rest is, the second how a stream is cut.
enum FuzzTranslation {
    static func check(_ input: Bytes, as format: WireFormat) {
        guard input.count > 2 else { return }
        let body = input.dropFirst(2)
        switch input[0] % 4 {
        case 0: request(body, format)
        case 1: answer(body, format)
        case 2: stream(Cuts(input.dropFirst(1)), format)
        default: failure(body, format, status: 400 + Int(input[1]))
        }
    }

    // MARK: - Whole bodies

    private static func request(_ body: Bytes, _ format: WireFormat) {
        guard (try? JSONScanner.validate(body.span)) != nil else { return }
        proofs(body, format)
        guard let request = read(body, format) else { return }
        for target in WireFormat.allCases {
            for policy in FieldPolicy.allCases {
                var traits = TargetTraits(model: EscapedText("their \"model\""))
                traits.unknownFields = policy
                write(request, target, traits, isOwn: target == format)
            }
        }
    }

    /// What is cut out leaves JSON behind, and nothing to cut.
    private static func proofs(_ body: Bytes, _ format: WireFormat) {
        guard let found = ForeignProofs(in: body, format) else { return }
        demandJSON(found.body, "a body without proofs")
        demand(ForeignProofs(in: found.body, format) == nil, "a proof that was left")
    }

    private static func read(_ body: Bytes, _ format: WireFormat) -> ChatRequest? {
        do throws(RequestFault) { return try Translator.request(body, in: format) } catch {
            demand(!error.message.isEmpty, "a fault without a word")
            return nil
        }
    }

    private static func write(
        _ request: ChatRequest, _ target: WireFormat, _ traits: TargetTraits, isOwn: Bool
    ) {
        var notes = TranslationNotes()
        do throws(RequestFault) {
            let written = try Translator.body(of: request, in: target, for: traits, notes: &notes)
            demandJSON(written, "a request")
            if isOwn { demand(read(written, target) != nil, "an own request that is refused") }
        } catch {
            demand(!error.message.isEmpty, "a refusal without a word")
        }
        demand(notes.dropped.count <= TranslationNotes.limit, "notes without end")
    }

    private static func answer(_ body: Bytes, _ format: WireFormat) {
        let answer: ChatAnswer
        do throws(ProviderError) { answer = try Translator.answer(body, in: format) } catch {
            return demand(!error.message.isEmpty, "an error without a word")
        }
        for target in WireFormat.allCases {
            let caller = caller(of: format)
            let written = Translator.body(of: answer, in: target, for: caller)
            demandJSON(written, "an answer")
            let losses = Translator.losses(of: answer, in: target)
            demand(losses.dropped.count <= TranslationNotes.limit, "losses without end")
            let translator = StreamTranslator.make(from: format, to: target, for: caller)
            var writer = ByteWriter()
            translator.write(answer, to: &writer)
            demandStream(writer.finish(), target)
        }
    }

    private static func failure(_ body: Bytes, _ format: WireFormat, status: Int) {
        let error = Translator.error(body, status: status, in: format)
        demandEqual(error.status, status, "the status of an error")
        for dialect in [Dialect.openAI, .anthropic, .gemini] {
            let told = ErrorBody(status: error.status, message: error.message).encoded(for: dialect)
            demandJSON(told, "an error")
        }
    }

    // MARK: - Streams

    private static func stream(_ cuts: Cuts, _ format: WireFormat) {
        for target in WireFormat.allCases {
            let whole = translate([cuts.text], format, target)
            let pieces = translate(cuts.pieces, format, target)
            demandEqual(pieces.map, whole.map, "streams cut differently")
            demandStream(whole, target)
        }
    }

    private static func translate(
        _ pieces: [Bytes], _ format: WireFormat, _ target: WireFormat
    ) -> Bytes {
        let translator = StreamTranslator.make(from: format, to: target, for: caller(of: format))
        translator.text = StreamText(format)
        var writer = ByteWriter()
        do throws(ProviderError) {
            for piece in pieces { try translator.onBytes(piece.span, to: &writer) }
            try translator.finish(&writer)
            if translator.facts.isComplete { return writer.finish() }
            translator.fail(ErrorBody(status: 502, message: "Cut."), &writer)
        } catch {
            demand(!error.message.isEmpty, "an error without a word")
            translator.fail(ErrorBody(status: error.status, message: error.message), &writer)
        }
        return writer.finish()
    }

    private static func caller(of provider: WireFormat) -> CallerTraits {
        var caller = CallerTraits(
            model: EscapedText("our \"model\""), now: 1_700_000_000, exchangeID: "0123456789abcdef")
        caller.includesUsage = true
        caller.provider = provider
        return caller
    }

    // MARK: - Judging

    private static func demandJSON(_ text: Bytes, _ what: StaticString) {
        do throws(JSONFault) { _ = try JSONScanner.validate(text.span) } catch {
            giveUp("\(what) is no JSON at \(error.offset): \(text)")
        }
    }

    /// Each line or event is JSON, and nothing is left at the end.
    private static func demandStream(_ text: Bytes, _ format: WireFormat) {
        if format == .ollamaChat {
            var start = 0
            while let end = text.span.firstIndex(of: 0x0A, from: start) {
                if end > start { demandJSON(text[start..<end], "a line") }
                start = end + 1
            }
            return demandEqual(start, text.count, "what was written behind the last line")
        }
        var parser = EventStreamParser()
        var offset = 0
        while true {
            let rest = text[offset..<text.count]
            let (consumed, event) = parser.next(rest.span)
            offset += consumed
            guard case .event(let found) = event else { break }
            let data = Bytes(copying: parser.data(of: found, in: rest.span))
            if !data.span.equals("[DONE]") { demandJSON(data, "an event") }
        }
        demand(!parser.isInsideEvent, "an event without its end")
    }
}
