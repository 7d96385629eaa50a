// SPDX-License-Identifier: Apache-2.0
internal import Core

/// An answer as Ollama gives it: one object, or one object a line.
struct OllamaReply {
    private let answer: SimulatedAnswer
    private let isChat: Bool
    private let time: JSONTree
    private let callIDs: [Bytes]

    init(
        _ answer: SimulatedAnswer, isChat: Bool, now: Timestamp, _ random: inout SeededGenerator
    ) {
        self.answer = answer
        self.isChat = isChat
        var writer = ByteWriter(capacity: 32)
        writer.append(rfc3339: now)
        time = .string(writer.finish())
        var ids: [Bytes] = []
        for _ in answer.calls { ids.append(SimulatedCompletion.identifier("call_", 8, &random)) }
        callIDs = ids
    }

    /// The one-piece answer.
    var whole: JSONTree {
        line(
            text: .string(answer.text),
            thought: answer.thought.isEmpty ? nil : .string(answer.thought),
            calls: answer.calls.isEmpty ? nil : .array(calls), isLast: true)
    }

    private var calls: [JSONTree] {
        answer.calls.enumerated().map { index, call in
            [
                "id": .string(callIDs[index]),
                "function": [
                    "index": .int(index), "name": .string(call.name),
                    "arguments": call.arguments,
                ],
            ]
        }
    }

    private func line(
        text: JSONTree, thought: JSONTree? = nil, calls: JSONTree? = nil, isLast: Bool = false
    ) -> JSONTree {
        let message = JSONTree.made([
            "role": "assistant", "content": text, "thinking": thought, "tool_calls": calls,
        ])
        return .made([
            "model": .string(answer.model), "created_at": time,
            "message": isChat ? message : nil, "response": isChat ? nil : text,
            "thinking": isChat ? nil : thought, "done": .bool(isLast),
            "done_reason": isLast ? (answer.end == .length ? "length" : "stop") : nil,
            "total_duration": isLast ? 2_685_412_125 : nil,
            "load_duration": isLast ? 3_494_667 : nil,
            "prompt_eval_count": isLast ? .int(answer.inputTokens) : nil,
            "prompt_eval_duration": isLast ? 149_512_000 : nil,
            "eval_count": isLast ? .int(answer.outputTokens) : nil,
            "eval_duration": isLast ? 2_530_305_000 : nil,
        ])
    }

    /// A line a word, a line a call, and the line that tells the counts.
    func pieces() -> [StreamPiece] {
        let thoughts = PieceTemplate(Self.ended(line(text: "", thought: PieceTemplate.word)))
        let words = PieceTemplate(Self.ended(line(text: PieceTemplate.word)))
        var pieces = thoughts.pieces(of: answer.thought) + words.pieces(of: answer.text)
        for call in calls {
            pieces.append(StreamPiece(Self.ended(line(text: "", calls: [call]))))
        }
        return pieces + [StreamPiece(Self.ended(line(text: "", isLast: true)))]
    }

    private static func ended(_ line: JSONTree) -> Bytes {
        var writer = ByteWriter(capacity: 256)
        line.append(to: &writer, .compact, level: 0)
        writer.append("\n")
        return writer.finish()
    }
}
