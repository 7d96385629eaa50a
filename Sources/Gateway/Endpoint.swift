// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// Where a request goes: to an upstream, or to this node itself.
enum Endpoint: Equatable {
    case inference(Operation)
    /// An object that one provider keeps.
    case stored(StoredCall)
    /// The list of models, in a dialect's form.
    case models(Dialect)
    case model(Bytes, Dialect)
    /// Which version of Ollama's API this is.
    case ollamaVersion
    case liveness
    case readiness
    case health
    case metrics

    /// Health must answer without credentials; everything else is somebody's.
    var needsKey: Bool {
        switch self {
        case .inference, .stored, .models, .model, .ollamaVersion: true
        case .liveness, .readiness, .health, .metrics: false
        }
    }

    /// The route template for metrics and records.
    var template: StaticString {
        switch self {
        case .inference(let operation): operation.route
        case .stored(let call): call.path.template
        case .models(.gemini): "/v1beta/models"
        case .models(.ollama): "/api/tags"
        case .models: "/v1/models"
        case .model(_, let dialect):
            dialect == .gemini ? "/v1beta/models/{id}" : "/v1/models/{id}"
        case .ollamaVersion: "/api/version"
        case .liveness: "/livez"
        case .readiness: "/readyz"
        case .health: "/healthz"
        case .metrics: "/metrics"
        }
    }

    /// Finds the endpoint of a request, or why there is none.
    static func find(_ head: borrowing RequestHead) -> Result<Endpoint, RejectionNote> {
        if let own = own(head.pathSpan) {
            guard head.method == .get || head.method == .head else {
                return .failure(.method("GET"))
            }
            return .success(own)
        }
        let verb: Operation.Verb =
            switch head.method {
            case .get, .head: .get
            case .post: .post
            default: .other
            }
        switch Operation.route(verb, path: head.pathSpan) {
        case .operation(.models): return .success(.models(modelsDialect(head)))
        case .operation(.model(let name)): return .success(.model(name, modelsDialect(head)))
        case .operation(.geminiModels): return .success(.models(.gemini))
        case .operation(.geminiModel(let name)): return .success(.model(name, .gemini))
        case .operation(.ollamaModels): return .success(.models(.ollama))
        case .operation(.ollamaVersion): return .success(.ollamaVersion)
        case .operation(let operation): return .success(.inference(operation))
        case .wrongMethod(let allow): return stored(head, orElse: .method(allow))
        case .unknownPath: return stored(head, orElse: .path(head.path))
        }
    }

    /// What is no call of its own may be one on a stored object.
    private static func stored(
        _ head: RequestHead, orElse note: RejectionNote
    ) -> Result<Endpoint, RejectionNote> {
        let caller = modelsDialect(head)
        let found = StoredCall.find(
            head.method, path: head.pathSpan, caller: caller == .openAI ? nil : caller)
        switch found {
        case .call(let call): return .success(.stored(call))
        case .wrongMethod(let allow):
            // A path of both is one of a call with POST and a list with GET, or the reverse.
            return .failure(.method(note.rejection == .methodNotAllowed ? "GET, POST" : allow))
        case .unknownPath: return .failure(note)
        }
    }

    /// Four lists may have one path; Anthropic's clients tell a version, the others their names.
    private static func modelsDialect(_ head: borrowing RequestHead) -> Dialect {
        if head.fields["anthropic-version"] != nil { return .anthropic }
        if head.fields["x-goog-api-client"] != nil { return .gemini }
        return head.fields["x-fern-sdk-name"] == "cohere" ? .cohere : .openAI
    }

    /// The dialect that answers take, where it is not that of the path.
    var dialect: Dialect? {
        switch self {
        case .inference(let operation): operation.dialect
        case .stored(let call): call.dialect
        case .models(let dialect), .model(_, let dialect): dialect
        case .ollamaVersion: .ollama
        case .liveness, .readiness, .health, .metrics: nil
        }
    }

    /// Also under the names that probes written for other gateways ask for.
    private static func own(_ path: Span<UInt8>) -> Endpoint? {
        if path.hasPrefix("/v1/") { return nil }
        if path.equals("/livez") || path.equals("/health/liveliness") { return .liveness }
        if path.equals("/readyz") || path.equals("/health/readiness") { return .readiness }
        if path.equals("/healthz") || path.equals("/health") { return .health }
        return path.equals("/metrics") ? .metrics : nil
    }
}

extension RejectionNote {
    /// A path that exists for another method.
    static func method(_ allowed: StaticString) -> RejectionNote {
        var note = RejectionNote(.methodNotAllowed, "This path is for \(allowed) only.")
        note.allow = allowed
        return note
    }

    private static let shownPathBytes = 200

    static func path(_ path: Bytes) -> RejectionNote {
        RejectionNote(
            .unknownPath,
            """
            There is nothing at \(path.prefix(shownPathBytes)); \
            see /v1/models for what is served here.
            """
        )
    }
}
