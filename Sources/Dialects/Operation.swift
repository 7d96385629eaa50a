// SPDX-License-Identifier: Apache-2.0
public import Core

/// What a call asks for, as its method and path say.
public enum Operation: Sendable, Equatable {
    case chatCompletions, completions, embeddings
    case models
    /// One model's card, by its percent-decoded name.
    case model(Bytes)

    /// The part of a request's method that routing knows.
    public enum Verb: Sendable { case get, post, other }

    /// Where a method and path lead.
    public enum Destination: Sendable, Equatable {
        case operation(Operation)
        /// The path exists for these methods only: 405 with this `allow`.
        case wrongMethod(allow: StaticString)
        case unknownPath

        public static func == (left: Destination, right: Destination) -> Bool {
            switch (left, right) {
            case (.operation(let one), .operation(let other)): one == other
            case (.wrongMethod(let one), .wrongMethod(let other)):
                one.description == other.description
            case (.unknownPath, .unknownPath): true
            default: false
            }
        }
    }

    public var dialect: Dialect { .openAI }

    /// The route template, for metrics.
    public var route: StaticString {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .completions: "/v1/completions"
        case .embeddings: "/v1/embeddings"
        case .models: "/v1/models"
        case .model: "/v1/models/{id}"
        }
    }

    /// Whether the call carries a body and is answered by an upstream.
    public var isInference: Bool {
        switch self {
        case .chatCompletions, .completions, .embeddings: true
        case .models, .model: false
        }
    }

    /// Finds the operation of a path without its query.
    public static func route(_ verb: Verb, path: Span<UInt8>) -> Destination {
        guard let operation = operation(at: path) else { return .unknownPath }
        let wanted: Verb = operation.isInference ? .post : .get
        if verb == wanted { return .operation(operation) }
        return .wrongMethod(allow: wanted == .post ? "POST" : "GET")
    }

    private static func operation(at path: Span<UInt8>) -> Operation? {
        guard path.hasPrefix("/v1/") else { return nil }
        let rest = path.extracting(4..<path.count)
        if rest.equals("chat/completions") { return .chatCompletions }
        if rest.equals("completions") { return .completions }
        if rest.equals("embeddings") { return .embeddings }
        if rest.equals("models") { return .models }
        guard rest.hasPrefix("models/"), rest.count > 7 else { return nil }
        return percentDecoded(rest.extracting(7..<rest.count)).map(Operation.model)
    }

    /// Resolves percent escapes (RFC 3986 §2.1); nil if one is malformed.
    private static func percentDecoded(_ text: Span<UInt8>) -> Bytes? {
        var writer = ByteWriter(capacity: text.count)
        var index = 0
        while index < text.count {
            var byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < text.count, let high = ASCII.hexValue(text[index + 1]),
                    let low = ASCII.hexValue(text[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
            }
            writer.append(byte)
            index += 1
        }
        return writer.finish()
    }
}
