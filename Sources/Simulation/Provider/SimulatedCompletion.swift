// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// The answer to one completion request: the same words for the same request, whole or streamed.
struct SimulatedCompletion {
    /// One function call of an answer.
    struct Call {
        let id: Bytes
        let name: Bytes
        /// JSON text that fits the function's parameter schema.
        let arguments: Bytes
    }

    /// Characters of the prompt that the answer repeats.
    private static let echoLength = 60
    private static let filler = [
        "and", "so", "the", "simulated", "provider", "goes", "on", "with", "words", "that",
        "mean", "nothing",
    ]

    let id: Bytes
    let created: Int64
    let model: Bytes
    let isChat: Bool
    let choices: Int
    private(set) var text = Bytes()
    private(set) var calls: [Call] = []
    private(set) var finishReason: StaticString = "stop"
    let promptTokens: Int
    private(set) var completionTokens = 0

    init(
        _ request: CompletionRequest, script: ProviderScript, random: inout SeededGenerator,
        created: Int64
    ) {
        id = Self.identifier(request.isChat ? "chatcmpl-" : "cmpl-", 29, &random)
        self.created = created
        model = request.model
        isChat = request.isChat
        choices = request.choices
        promptTokens = request.promptTokens
        if !request.functions.isEmpty {
            calls = request.functions.map { function in
                Call(
                    id: Self.identifier("call_", 24, &random), name: function.name,
                    arguments: SchemaInstance.text(of: function.schema))
            }
            finishReason = "tool_calls"
        } else if let schema = request.schema {
            text = SchemaInstance.text(of: schema)
        } else {
            text = script.text ?? Self.echo(request.userText, tokens: script.tokens)
        }
        cut(to: request.maxTokens)
        let pieces = calls.reduce(WordPieces.count(text.span)) {
            $0 + WordPieces.count($1.name.span) + WordPieces.count($1.arguments.span)
        }
        completionTokens = pieces * choices
    }

    private mutating func cut(to maxTokens: Int?) {
        guard let maxTokens, calls.isEmpty else { return }
        let length = WordPieces.length(of: maxTokens, in: text.span)
        guard length < text.count else { return }
        text = text.prefix(length)
        finishReason = "length"
    }

    /// `Simulated answer to: …` with exactly `tokens` pieces.
    static func echo(_ prompt: Bytes, tokens: Int) -> Bytes {
        var writer = ByteWriter(capacity: 128 + tokens * 8)
        let words = prompt.string
        writer.append("Simulated answer to: ")
        writer.append(words.prefix(echoLength))
        if words.count > echoLength { writer.append("…") }
        let echoed = WordPieces.count(writer.span)
        for index in 0..<max(0, tokens - echoed) {
            writer.append(UInt8(ascii: " "))
            writer.append(filler[index % filler.count])
        }
        let text = writer.finish()
        return text.prefix(WordPieces.length(of: tokens, in: text.span))
    }

    /// A prefix and random letters and digits, as the service's ids are.
    static func identifier(
        _ prefix: StaticString, _ length: Int, _ random: inout SeededGenerator
    ) -> Bytes {
        let alphabet: StaticString =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        var writer = ByteWriter(capacity: prefix.utf8CodeUnitCount + length)
        writer.append(prefix)
        alphabet.withUTF8Buffer { letters in
            for _ in 0..<length {
                writer.append(letters[Int(truncatingIfNeeded: random.next() >> 32) % letters.count])
            }
        }
        return writer.finish()
    }
}

extension ByteWriter {
    /// The usage object of a completion, on one line.
    mutating func append(usageOf completion: SimulatedCompletion) {
        append("{\"prompt_tokens\":")
        append(decimal: completion.promptTokens)
        append(",\"completion_tokens\":")
        append(decimal: completion.completionTokens)
        append(",\"total_tokens\":")
        append(decimal: completion.promptTokens + completion.completionTokens)
        guard completion.isChat else { return append("}") }
        append(",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}")
        append(",\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,")
        append("\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}")
    }
}
