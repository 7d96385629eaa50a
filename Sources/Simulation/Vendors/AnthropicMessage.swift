// SPDX-License-Identifier: Apache-2.0
internal import Core

/// An answer as Anthropic's Messages API gives it, whole or as a stream.
struct AnthropicMessage {
    let answer: SimulatedAnswer
    private let id: Bytes
    private let signature: String
    private let callIDs: [Bytes]

    init(_ answer: SimulatedAnswer, _ random: inout SeededGenerator) {
        self.answer = answer
        id = SimulatedCompletion.identifier("msg_01", 22, &random)
        let proof = SimulatedCompletion.identifier("", 40, &random)
        signature = "\(AnthropicRequest.signature)\(proof)"
        var ids: [Bytes] = []
        for _ in answer.calls {
            ids.append(SimulatedCompletion.identifier("toolu_01", 22, &random))
        }
        callIDs = ids
    }

    /// The one-piece answer.
    var whole: JSONTree { message(content: blocks, stop: stopReason, usage: usage) }

    private func message(content: [JSONTree], stop: JSONTree, usage: JSONTree) -> JSONTree {
        [
            "id": .string(id), "type": "message", "role": "assistant",
            "model": .string(answer.model), "content": .array(content), "stop_reason": stop,
            "stop_sequence": .null, "usage": usage,
        ]
    }

    private var blocks: [JSONTree] {
        var blocks: [JSONTree] = []
        if !answer.thought.isEmpty {
            blocks.append([
                "type": "thinking", "thinking": .string(answer.thought),
                "signature": .text(signature),
            ])
        }
        if !answer.text.isEmpty {
            blocks.append(["type": "text", "text": .string(answer.text)])
        }
        for (index, call) in answer.calls.enumerated() {
            blocks.append(self.call(index, input: call.arguments))
        }
        return blocks
    }

    private func call(_ index: Int, input: JSONTree) -> JSONTree {
        [
            "type": "tool_use", "id": .string(callIDs[index]),
            "name": .string(answer.calls[index].name), "input": input,
        ]
    }

    private var stopReason: JSONTree {
        switch answer.end {
        case .stop: "end_turn"
        case .length: "max_tokens"
        case .calls: "tool_use"
        }
    }

    private var usage: JSONTree { usage(output: answer.outputTokens) }

    private func usage(output: Int) -> JSONTree {
        [
            "input_tokens": .int(answer.inputTokens), "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation": ["ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0],
            "output_tokens": .int(output), "service_tier": "standard",
        ]
    }

    // MARK: - Stream

    /// The events in the service's order; a ping follows the first block's start.
    func pieces() -> [StreamPiece] {
        var pieces: [StreamPiece] = []
        let opening = message(content: [], stop: .null, usage: usage(output: 1))
        add("message_start", ["type": "message_start", "message": opening], to: &pieces)
        for (index, block) in emptyBlocks.enumerated() {
            add(
                "content_block_start",
                ["type": "content_block_start", "index": .int(index), "content_block": block],
                to: &pieces)
            if index == 0 {
                pieces.append(StreamPiece("event: ping\ndata: {\"type\": \"ping\"}\n\n"))
            }
            addDeltas(of: index, to: &pieces)
            add(
                "content_block_stop", ["type": "content_block_stop", "index": .int(index)],
                to: &pieces)
        }
        let delta: JSONTree = ["stop_reason": stopReason, "stop_sequence": .null]
        add(
            "message_delta", ["type": "message_delta", "delta": delta, "usage": usage],
            to: &pieces)
        add("message_stop", ["type": "message_stop"], to: &pieces)
        return pieces
    }

    private var hasThought: Bool { !answer.thought.isEmpty }
    private var hasText: Bool { !answer.text.isEmpty }

    private var emptyBlocks: [JSONTree] {
        var blocks: [JSONTree] = []
        if hasThought { blocks.append(["type": "thinking", "thinking": "", "signature": ""]) }
        if hasText { blocks.append(["type": "text", "text": ""]) }
        for index in answer.calls.indices { blocks.append(call(index, input: [:])) }
        return blocks
    }

    private func addDeltas(of index: Int, to pieces: inout [StreamPiece]) {
        if hasThought, index == 0 {
            pieces += template(index, "thinking_delta", "thinking").pieces(of: answer.thought)
            let proof: JSONTree = ["type": "signature_delta", "signature": .text(signature)]
            return add("content_block_delta", delta(index, proof), to: &pieces)
        }
        let first = (hasThought ? 1 : 0) + (hasText ? 1 : 0)
        guard index >= first else {
            pieces += template(index, "text_delta", "text").pieces(of: answer.text)
            return
        }
        let input: JSONTree = ["type": "input_json_delta", "partial_json": ""]
        add("content_block_delta", delta(index, input), to: &pieces)
        let arguments = answer.calls[index - first].arguments.bytes()
        pieces += template(index, "input_json_delta", "partial_json").pieces(of: arguments)
    }

    private func template(_ index: Int, _ type: String, _ name: String) -> PieceTemplate {
        let inner = JSONTree.made(["type": .text(type), name: PieceTemplate.word])
        return PieceTemplate(event("content_block_delta", delta(index, inner)))
    }

    private func delta(_ index: Int, _ inner: JSONTree) -> JSONTree {
        ["type": "content_block_delta", "index": .int(index), "delta": inner]
    }

    private func add(_ name: String, _ data: JSONTree, to pieces: inout [StreamPiece]) {
        pieces.append(StreamPiece(event(name, data)))
    }

    /// The service pads its events with blanks before the last brace, so that sizes tell nothing.
    private func event(_ name: String, _ data: JSONTree) -> Bytes {
        let text = data.bytes()
        var writer = ByteWriter(capacity: text.count + 64)
        writer.append("event: ")
        writer.append(name)
        writer.append("\ndata: ")
        writer.append(text.prefix(text.count - 1))
        for _ in 0..<text.count % 14 { writer.append(" ") }
        writer.append("}\n\n")
        return writer.finish()
    }
}
