// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import JSON
internal import Metering

/// Counts the tokens of a chat here, for a provider that has no call for it.
struct TokenCount {
    /// Longer chats are guessed by their length, since a loop cannot count for so long.
    private static let exactLimit = 256 * 1024

    private(set) var tokens = 0
    private let encoding: TokenEncoding?
    private let isExact: Bool

    /// Counts nothing yet, with a model's tokenizer.
    init(model: Bytes, isExact: Bool = true) {
        encoding = TokenEncoding(model: model.string)
        self.isExact = isExact
    }

    /// Counts what a caller's body holds; throws what is wrong with it.
    init(_ request: borrowing InferenceRequest, model: Bytes) throws(RequestFault) {
        self.init(model: model, isExact: request.body.count <= Self.exactLimit)
        add(try Self.chat(of: request))
    }

    /// About how many tokens a request has; a body that is no chat goes by its length.
    static func input(of request: borrowing InferenceRequest, model: Bytes) -> Int {
        var count = TokenCount(model: model, isExact: request.body.count <= exactLimit)
        if let format = request.operation.chatFormat,
            let chat = try? Translator.request(request.body, in: format)
        {
            count.add(chat)
            return count.tokens
        }
        return roughInput(of: request)
    }

    /// The same by the length of the input.
    static func roughInput(of request: borrowing InferenceRequest) -> Int {
        let range = request.inputRange.isEmpty ? 0..<request.body.count : request.inputRange
        return TokenEstimate(byteCount: range.count).tokens
    }

    private mutating func add(_ chat: ChatRequest) {
        tokens += TokenEstimate.tokensPerAnswer
        for message in chat.messages {
            tokens += TokenEstimate.tokensPerMessage
            for part in message.parts { add(part) }
        }
        for tool in chat.tools { add(tool) }
    }

    /// The chat that is to be counted.
    static func chat(of request: borrowing InferenceRequest) throws(RequestFault) -> ChatRequest {
        let format: WireFormat = request.operation.dialect == .gemini ? .generateContent : .messages
        return try Translator.request(chatBody(of: request), in: format)
    }

    /// Gemini's body may hold the whole request in one member.
    private static func chatBody(of request: borrowing InferenceRequest) -> Bytes {
        guard request.operation.dialect == .gemini else { return request.body }
        let body = request.body
        var members = JSONMembers(in: body.span)
        while let member = members.next() {
            guard member.key.equals("generateContentRequest", in: body.span) else { continue }
            return body[member.value.range]
        }
        return body
    }

    private mutating func add(_ text: Bytes) {
        let estimate =
            isExact
            ? TokenEstimate(of: text.span, encoding: encoding)
            : TokenEstimate(byteCount: text.count)
        tokens += estimate.tokens
    }

    /// Adds one piece of a message.
    mutating func add(_ part: ContentPart) {
        switch part.kind {
        case .text(let text), .refusal(let text): add(text.decoded)
        case .reasoning(let thought): if let text = thought.text { add(text.decoded) }
        case .toolCall(let call):
            add(call.name.decoded)
            add(call.arguments)
        case .toolResult(let result):
            for part in result.content { add(part) }
            if let object = result.object { add(object) }
        case .image, .audio, .video, .file, .foreign:
            // What a picture costs is its provider's secret; this is OpenAI's low one.
            tokens += 85
        }
    }

    private mutating func add(_ tool: ToolDefinition) {
        switch tool.kind {
        case .function(let function):
            add(function.name.decoded)
            if let text = function.description { add(text.decoded) }
            if let schema = function.parameters { add(schema) }
        case .server(_, let json): add(json)
        }
    }

    /// The answer in the dialect that asked.
    func answer(in dialect: Dialect) -> Bytes { Self.answer(tokens, in: dialect) }

    static func answer(_ tokens: Int, in dialect: Dialect) -> Bytes {
        dialect == .gemini
            ? GenerateContentFormat.countAnswer(tokens) : MessagesFormat.countAnswer(tokens)
    }
}

extension Operation {
    /// Whether it asks how many tokens a chat has.
    var isCount: Bool {
        switch self {
        case .countMessageTokens, .gemini(.countTokens, _): true
        default: false
        }
    }
}
