// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import JSON
internal import Reactor
internal import Upstreams

/// One exchange's chat in no provider's words, and what the attempt under way makes of it.
///
/// The request is read once; each attempt writes it anew, so that fallback between formats works.
final class Translation {
    /// What one attempt sends in another format than the caller's.
    struct Attempt {
        var call: UpstreamCall
        var format: WireFormat
        var body: Bytes
        var notes: TranslationNotes
        /// How the provider differs from the format.
        var mapping: FieldMapping?
    }

    let request: ChatRequest
    let callerFormat: WireFormat
    /// Nil while the attempt under way passes the caller's own bytes.
    private(set) var attempt: Attempt?
    /// Why the last target that could not be asked could not.
    private(set) var lastFault: RequestFault?
    /// What a provider said inside an answer that had no token yet.
    var lastError: ProviderError?

    init(_ request: InferenceRequest, format: WireFormat) throws(RequestFault) {
        self.request = try Self.read(request, format)
        callerFormat = format
    }

    private static func read(
        _ request: InferenceRequest, _ format: WireFormat
    ) throws(RequestFault) -> ChatRequest {
        var chat = try Translator.request(request.body, in: format)
        // Gemini's path says it.
        if format == .generateContent { chat.stream = request.isStreaming }
        // The usage is wanted here, whoever else wants it.
        if chat.stream { chat.includesUsage = true }
        return chat
    }

    /// The attempt under way needs no translation.
    func pause() { attempt = nil }

    /// Writes the request for an upstream; false if none of its formats can express it.
    func prepare(for pool: UpstreamPool, model: Bytes, policy: FieldPolicy) -> Bool {
        attempt = nil
        for call in pool.chatCalls {
            guard let format = call.chatFormat, call != .streamGenerateArray else { continue }
            // Gemini has one call for each way of answering.
            if call == .generateContent, request.stream { continue }
            if call == .streamGenerateContent, !request.stream { continue }
            do throws(RequestFault) {
                let traits = Self.traits(of: pool.upstream, model: model, policy: policy)
                var notes = TranslationNotes()
                let body = try Translator.body(
                    of: request, in: format, for: traits, notes: &notes)
                let mapping = pool.mapping
                attempt = Attempt(
                    call: call, format: format, body: mapping?.request(body) ?? body,
                    notes: notes, mapping: mapping)
                return true
            } catch {
                lastFault = error
            }
        }
        return false
    }

    private static func traits(
        of upstream: Upstream, model: Bytes, policy: FieldPolicy
    ) -> TargetTraits {
        var traits = TargetTraits(model: EscapedText(escaping: model.span))
        traits.unknownFields = policy
        traits.takesCompletionLimit = upstream.kind == .openai || upstream.kind == .azure
        return traits
    }

    /// What the caller's encoder has to know.
    func caller(of exchange: Exchange) -> CallerTraits {
        let model = exchange.request.model
        var traits = CallerTraits(
            model: EscapedText(escaping: model.span),
            now: Int(exchange.worker.loop.wallNow.seconds), exchangeID: exchange.reception.id)
        traits.includesUsage = exchange.request.includesUsage
        traits.isArrayStream = exchange.isArrayStream
        return traits
    }
}
