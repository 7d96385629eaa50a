// SPDX-License-Identifier: Apache-2.0
internal import Core

/// What a simulated model answers, before a dialect puts it into its words.
struct SimulatedAnswer {
    /// One function call; `arguments` are a JSON object.
    struct Call {
        let name: Bytes
        let arguments: JSONTree
    }

    /// Why the answer ends.
    enum End { case stop, length, calls }

    let thought: Bytes
    private(set) var text = Bytes()
    private(set) var calls: [Call] = []
    private(set) var end = End.stop
    let model: Bytes
    let inputTokens: Int
    /// Tokens of the answer without its thoughts.
    private(set) var answerTokens = 0
    let thoughtTokens: Int
    /// Told to the caller beside the answer's text, if it was given documents.
    var documents = 0

    var outputTokens: Int { answerTokens + thoughtTokens }

    init(_ prompt: SimulatedPrompt, script: ProviderScript) {
        model = prompt.model
        inputTokens = prompt.tokens
        let thought =
            prompt.thinks
            ? Bytes("Thinking about this: \(prompt.userText.string.prefix(60))") : Bytes()
        self.thought = thought
        thoughtTokens = WordPieces.count(thought.span)
        let called = prompt.called
        if !called.isEmpty {
            calls = called.map { Call(name: $0.name, arguments: Self.instance(of: $0.schema)) }
            end = .calls
        } else if let schema = prompt.schema {
            text = SchemaInstance.text(of: schema)
        } else {
            text = script.text ?? SimulatedCompletion.echo(prompt.seen, tokens: script.tokens)
        }
        cut(to: prompt.maxTokens)
        answerTokens =
            calls.reduce(WordPieces.count(text.span)) {
                $0 + WordPieces.count($1.name.span)
                    + WordPieces.count($1.arguments.bytes().span)
            } * prompt.candidates
    }

    /// Arguments are always an object, whatever the schema says or lacks.
    private static func instance(of schema: JSONTree) -> JSONTree {
        guard !schema.members.isEmpty,
            case .object(let members)? = try? JSONTree(
                SchemaInstance.text(of: schema))
        else { return .object([]) }
        return .object(members)
    }

    private mutating func cut(to maxTokens: Int?) {
        guard let maxTokens, calls.isEmpty else { return }
        let length = WordPieces.length(of: maxTokens, in: text.span)
        guard length < text.count else { return }
        text = text.prefix(length)
        end = .length
    }
}
