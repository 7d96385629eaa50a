// SPDX-License-Identifier: Apache-2.0
internal import Core

/// An answer as Cohere's second chat API gives it, whole or as a stream.
struct CohereReply {
    /// Tokens of the service's own preamble, which are counted but not billed.
    private static let preamble = 495

    private let answer: SimulatedAnswer
    private let id: Bytes
    private let callIDs: [Bytes]

    init(_ answer: SimulatedAnswer, _ random: inout SeededGenerator) {
        self.answer = answer
        id = Self.identifier(&random)
        var ids: [Bytes] = []
        for call in answer.calls {
            let tail = SimulatedCompletion.identifier("", 12, &random)
            ids.append(Bytes("\(call.name)_\(tail.string.lowercased())"))
        }
        callIDs = ids
    }

    /// A random name in the form of a UUID.
    static func identifier(_ random: inout SeededGenerator) -> Bytes {
        var writer = ByteWriter(capacity: 36)
        for (index, width) in [8, 4, 4, 4, 12].enumerated() {
            if index > 0 { writer.append("-") }
            writer.append(hex: random.next() >> UInt64(64 - width * 4), width: width)
        }
        return writer.finish()
    }

    /// The one-piece answer.
    var whole: JSONTree {
        var content: [JSONTree] = []
        if !answer.thought.isEmpty {
            content.append(["type": "thinking", "thinking": .string(answer.thought)])
        }
        if !answer.text.isEmpty { content.append(["type": "text", "text": .string(answer.text)]) }
        let calls = answer.calls.indices.map { call($0, arguments: arguments($0)) }
        let message = JSONTree.made([
            "role": "assistant", "content": content.isEmpty ? nil : .array(content),
            "tool_plan": plan.isEmpty ? nil : .string(plan),
            "tool_calls": calls.isEmpty ? nil : .array(calls),
            "citations": answer.documents > 0 ? [citation] : nil,
        ])
        return [
            "id": .string(id), "message": message, "finish_reason": finish, "usage": usage,
        ]
    }

    /// What the model says before it calls; thoughts take its place.
    private var plan: Bytes {
        guard !answer.calls.isEmpty, answer.thought.isEmpty else { return Bytes() }
        let names = answer.calls.map(\.name.string).joined(separator: " and ")
        return Bytes("I will use the \(names) tool.")
    }

    private func arguments(_ index: Int) -> JSONTree {
        .string(answer.calls[index].arguments.bytes())
    }

    private func call(_ index: Int, arguments: JSONTree) -> JSONTree {
        [
            "id": .string(callIDs[index]), "type": "function",
            "function": ["name": .string(answer.calls[index].name), "arguments": arguments],
        ]
    }

    /// The first word rests on the first document.
    private var citation: JSONTree {
        let word = WordPieces.all(of: answer.text).first ?? Bytes()
        return [
            "start": 0, "end": .int(word.count), "text": .string(word),
            "sources": [["type": "document", "id": "doc:0", "document": ["id": "doc:0"]]],
            "content_index": answer.thought.isEmpty ? 0 : 1, "type": "TEXT_CONTENT",
        ]
    }

    private var finish: JSONTree {
        switch answer.end {
        case .stop: "COMPLETE"
        case .length: "MAX_TOKENS"
        case .calls: "TOOL_CALL"
        }
    }

    private var usage: JSONTree {
        [
            "billed_units": [
                "input_tokens": .int(answer.inputTokens),
                "output_tokens": .int(answer.outputTokens),
            ],
            "tokens": .made([
                "input_tokens": .int(answer.inputTokens + Self.preamble),
                "output_tokens": .int(answer.outputTokens),
                "reasoning_tokens": answer.thoughtTokens > 0 ? .int(answer.thoughtTokens) : nil,
            ]),
            "cached_tokens": 0,
        ]
    }

    // MARK: - Stream

    /// The events in the service's order, `[DONE]` without a name at the end.
    func pieces() -> [StreamPiece] {
        let empty: JSONTree = [
            "role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": [],
        ]
        var pieces = [
            event([
                "id": .string(id), "type": "message-start", "delta": ["message": empty],
            ])
        ]
        let plans: JSONTree = [
            "type": "tool-plan-delta", "delta": ["message": ["tool_plan": PieceTemplate.word]],
        ]
        pieces += PieceTemplate(framed(plans)).pieces(of: plan)
        var index = 0
        for (kind, text) in [("thinking", answer.thought), ("text", answer.text)]
        where !text.isEmpty {
            addContent(kind, text, index, to: &pieces)
            index += 1
        }
        for call in answer.calls.indices { addCall(call, to: &pieces) }
        pieces.append(
            event([
                "type": "message-end", "delta": ["finish_reason": finish, "usage": usage],
            ]))
        return pieces + [StreamPiece("data: [DONE]\n\n")]
    }

    private func addContent(
        _ kind: String, _ text: Bytes, _ index: Int, to pieces: inout [StreamPiece]
    ) {
        let start = JSONTree.made(["type": .text(kind), kind: ""])
        let delta = JSONTree.made([kind: PieceTemplate.word])
        pieces.append(
            event([
                "type": "content-start", "index": .int(index),
                "delta": ["message": ["content": start]],
            ]))
        let template: JSONTree = [
            "type": "content-delta", "index": .int(index),
            "delta": ["message": ["content": delta]],
        ]
        pieces += PieceTemplate(framed(template)).pieces(of: text)
        if kind == "text", answer.documents > 0 {
            pieces.append(
                event([
                    "type": "citation-start", "index": 0,
                    "delta": ["message": ["citations": citation]],
                ]))
            pieces.append(event(["type": "citation-end", "index": 0]))
        }
        pieces.append(event(["type": "content-end", "index": .int(index)]))
    }

    private func addCall(_ index: Int, to pieces: inout [StreamPiece]) {
        pieces.append(
            event([
                "type": "tool-call-start", "index": .int(index),
                "delta": ["message": ["tool_calls": call(index, arguments: "")]],
            ]))
        let inner: JSONTree = ["function": ["arguments": PieceTemplate.word]]
        let template: JSONTree = [
            "type": "tool-call-delta", "index": .int(index),
            "delta": ["message": ["tool_calls": inner]],
        ]
        pieces += PieceTemplate(framed(template)).pieces(
            of: answer.calls[index].arguments.bytes())
        pieces.append(event(["type": "tool-call-end", "index": .int(index)]))
    }

    private func event(_ data: JSONTree) -> StreamPiece { StreamPiece(framed(data)) }

    private func framed(_ data: JSONTree) -> Bytes {
        var writer = ByteWriter(capacity: 256)
        writer.append("event: ")
        writer.append(data["type"]?.string ?? Bytes())
        writer.append("\ndata: ")
        data.append(to: &writer, .compact, level: 0)
        writer.append("\n\n")
        return writer.finish()
    }
}
