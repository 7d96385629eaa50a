// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// An answer on its way from a provider's format into the caller's.
///
/// What has no token yet is held back, so that another target can still take over.
final class TranslatedAnswer {
    /// What comes from the provider.
    enum Kind {
        case stream
        /// Collected, then turned as a whole.
        case whole
        /// Collected, then told in the caller's words.
        case failure
    }

    /// Output without a token is held up to this size; then the answer counts as begun.
    static let heldLimit = 64 * 1024
    /// More of an error than anybody reads is left out.
    private static let errorLimit = 256 * 1024

    let head: ResponseHead
    let kind: Kind
    let attempt: Translation.Attempt
    let wanted: Translation.Wanted
    let caller: CallerTraits
    /// The client's stream; nil if it wants one JSON text.
    let translator: StreamTranslator?
    /// Bytes for the client that were not written yet.
    var output = ByteWriter()
    var framing = Framing.chunked
    /// What a refusal says of waiting.
    var limits = RateLimitReport()
    private var collected = ByteWriter()
    /// What a whole answer had and the caller's format has not.
    private var losses = TranslationNotes()
    private var wholeUsage: Usage?
    /// A whole answer that told no usage.
    private var unread: ChatAnswer?

    /// How the client is told where the body ends.
    enum Framing { case length, chunked, untilClose }

    init(
        _ head: ResponseHead, _ attempt: Translation.Attempt, of translation: Translation,
        for caller: CallerTraits
    ) {
        self.head = head
        self.attempt = attempt
        self.caller = caller
        wanted = translation.wanted
        guard case .chat(let format, isStream: true) = wanted else {
            kind = Self.kind(of: head, isStreaming: false)
            translator = nil
            return
        }
        kind = Self.kind(of: head, isStreaming: true)
        translator =
            kind == .failure
            ? nil
            : StreamTranslator.make(
                from: attempt.format, to: format, for: caller, mapping: attempt.mapping)
    }

    private static func kind(of head: ResponseHead, isStreaming: Bool) -> Kind {
        guard head.status < 300 else { return .failure }
        guard isStreaming else { return .whole }
        // A provider may answer whole what was to be streamed; only this type is never a stream.
        guard let type = head.fields[.contentType],
            type.span.hasPrefixIgnoringCase("application/json"),
            !type.span.hasPrefixIgnoringCase("application/jsonl")
        else { return .stream }
        return .whole
    }

    /// What the request and the answer, as far as it has come, have lost.
    var notes: TranslationNotes {
        var notes = attempt.notes
        notes.add(translator?.losses ?? losses)
        return notes
    }

    var usage: Usage? { translator?.facts.usage ?? wholeUsage }

    /// What is known of the answer when its usage is nil; nothing of a failure.
    var uncounted: UncountedAnswer? {
        guard kind != .failure else { return nil }
        if let unread { return .chat(unread) }
        let facts = translator?.facts
        return .pieces(count: facts?.pieceCount ?? 0, bytes: facts?.textBytes ?? 0)
    }

    /// Takes a piece of a body that is turned as a whole; false if it is over the limit.
    func collect(_ bytes: Span<UInt8>, limit: Int) -> Bool {
        guard kind == .whole else {
            let room = Self.errorLimit - collected.count
            collected.append(bytes.extracting(0..<min(bytes.count, max(room, 0))))
            return true
        }
        guard collected.count + bytes.count <= limit else { return false }
        collected.append(bytes)
        return true
    }

    /// The whole body has come: writes what it becomes.
    func turnWhole() throws(ProviderError) {
        let body = collected.finish()
        switch wanted {
        case .chat(let format, _): try turnChat(body, into: format)
        case .count(let dialect):
            let tokens =
                attempt.format == .messages
                ? try MessagesFormat.count(from: body)
                : try GenerateContentFormat.count(from: body)
            output.append(TokenCount.answer(tokens, in: dialect))
        case .embeddings(let format, let encoding):
            guard let told = attempt.call.embeddingFormat else { return }
            let answer = try told.answer(from: body)
            wholeUsage = answer.usage
            output.append(format.body(of: answer, encoding: encoding, for: caller))
        }
    }

    private func turnChat(_ body: Bytes, into format: WireFormat) throws(ProviderError) {
        let answer =
            if let mapping = attempt.mapping {
                try mapping.answer(body, in: attempt.format)
            } else {
                try Translator.answer(body, in: attempt.format)
            }
        wholeUsage = answer.usage
        if wholeUsage == nil { unread = answer }
        if let translator {
            translator.write(answer, to: &output)
        } else {
            losses = Translator.losses(of: answer, in: format)
            output.append(Translator.body(of: answer, in: format, for: caller))
        }
    }

    /// The whole error has come: what the provider says.
    func turnFailure() -> ProviderError {
        let body = collected.finish()
        guard let mapping = attempt.mapping else {
            return Translator.error(body, status: head.status, in: attempt.format)
        }
        return mapping.error(body, status: head.status, in: attempt.format)
    }

    /// What the client's body is called.
    var contentType: StaticString {
        guard translator != nil, !caller.isArrayStream else { return "application/json" }
        if case .chat(.ollamaChat, _) = wanted { return "application/x-ndjson" }
        return "text/event-stream; charset=utf-8"
    }
}

extension ErrorBody {
    /// What a provider said, for a caller of another format.
    init(_ error: ProviderError, requestID: Bytes) {
        let isEmpty = error.message.isEmpty
        self.init(
            status: error.status,
            message: isEmpty ? "The provider refused the request." : error.message,
            code: error.kind.label, param: error.param, requestID: requestID)
    }
}
