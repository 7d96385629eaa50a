// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import JSON
internal import Reactor
internal import Upstreams

/// One exchange's question in no provider's words, and what the attempt under way makes of it.
///
/// The request is read once; each attempt writes it anew, so that fallback between formats works.
final class Translation {
    /// What the caller wants, apart from what it said.
    enum Wanted {
        case chat(WireFormat, isStream: Bool)
        case embeddings(EmbeddingFormat, encoding: EmbeddingEncoding)
        case count(Dialect)
    }

    /// What one attempt sends in another format than the caller's.
    struct Attempt {
        var call: UpstreamCall
        /// Errors are in it too.
        var format: WireFormat
        var body: Bytes
        var notes: TranslationNotes
        /// How the provider differs from the format.
        var mapping: FieldMapping?
    }

    let wanted: Wanted
    /// What is asked or counted; empty where embeddings are wanted.
    private let chat: ChatRequest
    private let embeddings: EmbeddingRequest?
    /// Nil while the attempt under way passes the caller's own bytes.
    private(set) var attempt: Attempt?
    /// Why the last target that could not be asked could not.
    private(set) var lastFault: RequestFault?
    /// What was fetched for the target under way, by its URL.
    var images: [Bytes: MediaSource]?
    /// What a provider said inside an answer that had no token yet.
    var lastError: ProviderError?

    /// Nil for a request that has no other form.
    init?(_ request: borrowing InferenceRequest) throws(RequestFault) {
        if let format = request.operation.chatFormat {
            chat = try Self.chat(request, format)
            wanted = .chat(format, isStream: chat.stream)
            embeddings = nil
        } else if let format = request.operation.embeddingFormat {
            var embeddings = try format.request(from: request.body)
            // Gemini's path says it.
            if embeddings.model.isEmpty {
                embeddings.model = EscapedText(escaping: request.model.span)
            }
            wanted = .embeddings(format, encoding: embeddings.encoding)
            self.embeddings = embeddings
            chat = ChatRequest()
        } else if request.operation.isCount {
            chat = try TokenCount.chat(of: request)
            embeddings = nil
            wanted = .count(request.operation.dialect)
        } else {
            return nil
        }
    }

    private static func chat(
        _ request: borrowing InferenceRequest, _ format: WireFormat
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
    func prepare(
        for pool: UpstreamPool, model: Bytes, policy: FieldPolicy, takesSampling: Bool = true
    ) -> Bool {
        attempt = nil
        var traits = Self.traits(of: pool.upstream, model: model, policy: policy)
        traits.takesSampling = takesSampling
        switch wanted {
        case .chat:
            if let images { return prepare(chat.inlining(images), for: pool, traits) }
            for call in pool.chatCalls where Self.fits(call, chat) {
                if prepare(chat, call, pool, traits) { return true }
            }
        case .embeddings:
            guard let embeddings else { return false }
            for call in UpstreamCall.embeddingCalls where pool.serves(call) {
                if prepare(embeddings, call, traits) { return true }
            }
        case .count:
            for call in UpstreamCall.countCalls where pool.serves(call) {
                if prepare(counting: chat, call, traits) { return true }
            }
        }
        return false
    }

    /// With what was fetched in place of its URLs.
    private func prepare(
        _ chat: ChatRequest, for pool: UpstreamPool, _ traits: TargetTraits
    ) -> Bool {
        for call in pool.chatCalls where Self.fits(call, chat) {
            if prepare(chat, call, pool, traits) { return true }
        }
        return false
    }

    /// Gemini has one call for each way of answering.
    private static func fits(_ call: UpstreamCall, _ chat: ChatRequest) -> Bool {
        switch call {
        case .generateContent: !chat.stream
        case .streamGenerateContent: chat.stream
        case .streamGenerateArray: false
        default: true
        }
    }

    private func prepare(
        _ chat: ChatRequest, _ call: UpstreamCall, _ pool: UpstreamPool, _ traits: TargetTraits
    ) -> Bool {
        guard let format = call.chatFormat else { return false }
        do throws(RequestFault) {
            try chat.demandExpressible(in: format)
            var notes = TranslationNotes()
            let body = try Translator.body(of: chat, in: format, for: traits, notes: &notes)
            attempt = Attempt(
                call: call, format: format, body: pool.mapping?.request(body) ?? body,
                notes: notes, mapping: pool.mapping)
            return true
        } catch {
            lastFault = error
            return false
        }
    }

    private func prepare(
        _ request: EmbeddingRequest, _ call: UpstreamCall, _ traits: TargetTraits
    ) -> Bool {
        guard let format = call.embeddingFormat else { return false }
        do throws(RequestFault) {
            var notes = TranslationNotes()
            let body = try format.body(of: request, for: traits, notes: &notes)
            attempt = Attempt(
                call: call, format: format.errorFormat, body: body, notes: notes, mapping: nil)
            return true
        } catch {
            lastFault = error
            return false
        }
    }

    private func prepare(
        counting chat: ChatRequest, _ call: UpstreamCall, _ traits: TargetTraits
    ) -> Bool {
        let isGemini = call == .countTokens
        do throws(RequestFault) {
            var notes = TranslationNotes()
            let body =
                isGemini
                ? try GenerateContentFormat.countBody(of: chat, for: traits, notes: &notes)
                : try MessagesFormat.countBody(of: chat, for: traits, notes: &notes)
            attempt = Attempt(
                call: call, format: isGemini ? .generateContent : .messages, body: body,
                notes: notes, mapping: nil)
            return true
        } catch {
            lastFault = error
            return false
        }
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
    func caller(of exchange: Exchange, _ provider: WireFormat) -> CallerTraits {
        let model = exchange.request.model
        var traits = CallerTraits(
            model: EscapedText(escaping: model.span),
            now: Int(exchange.worker.loop.wallNow.seconds), exchangeID: exchange.reception.id)
        traits.provider = provider
        traits.includesUsage = exchange.request.includesUsage
        traits.isArrayStream = exchange.isArrayStream
        return traits
    }
}

extension Operation {
    /// The format of a question for embeddings; nil for what is none.
    var embeddingFormat: EmbeddingFormat? {
        switch self {
        case .embeddings: .openAI
        case .gemini(.batchEmbedContents, _): .geminiBatch
        case .gemini(.embedContent, _): .geminiSingle
        case .cohereEmbed: .cohere
        case .ollamaEmbed: .ollama
        default: nil
        }
    }
}

extension UpstreamCall {
    /// Calls for embeddings, best first.
    static let embeddingCalls: [UpstreamCall] = [
        .batchEmbedContents, .cohereEmbed, .ollamaEmbed, .embeddings, .embedContent,
    ]

    /// Calls that count the tokens of a chat.
    static let countCalls: [UpstreamCall] = [.countMessageTokens, .countTokens]

    var embeddingFormat: EmbeddingFormat? {
        switch self {
        case .embeddings: .openAI
        case .batchEmbedContents: .geminiBatch
        case .embedContent: .geminiSingle
        case .cohereEmbed: .cohere
        case .ollamaEmbed: .ollama
        default: nil
        }
    }
}

extension EmbeddingFormat {
    /// The chat format whose errors look the same.
    fileprivate var errorFormat: WireFormat {
        switch self {
        case .openAI: .chatCompletions
        case .geminiBatch, .geminiSingle: .generateContent
        case .cohere: .cohereChat
        case .ollama: .ollamaChat
        }
    }
}
