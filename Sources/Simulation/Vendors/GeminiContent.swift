// SPDX-License-Identifier: Apache-2.0
internal import Core

/// An answer as Gemini gives it: whole, as events, or as one array that grows.
struct GeminiContent {
    /// Begins the signature of every simulated thought and call.
    static let signature = "CiQSimulatedSignature"

    private let answer: SimulatedAnswer
    private let candidates: Int
    private let id: Bytes
    private let proof: JSONTree
    private let callIDs: [Bytes]

    init(_ answer: SimulatedAnswer, candidates: Int, _ random: inout SeededGenerator) {
        self.answer = answer
        self.candidates = max(1, candidates)
        id = SimulatedCompletion.identifier("", 22, &random)
        let tail = SimulatedCompletion.identifier("", 39, &random)
        proof = .text("\(Self.signature)\(tail)")
        var ids: [Bytes] = []
        for _ in answer.calls { ids.append(SimulatedCompletion.identifier("call_", 6, &random)) }
        callIDs = ids
    }

    /// Later models name their calls, and sign them in any case.
    private var isLater: Bool { answer.model.string.hasPrefix("gemini-3") }

    /// The one-piece answer.
    var whole: JSONTree {
        var parts: [JSONTree] = []
        if !answer.thought.isEmpty { parts.append(thought(.string(answer.thought))) }
        if !answer.text.isEmpty { parts.append(["text": .string(answer.text)]) }
        parts += calls
        return frame(parts, isLast: true, output: answer.answerTokens, candidates: candidates)
    }

    private func thought(_ text: JSONTree) -> JSONTree { ["text": text, "thought": true] }

    private var calls: [JSONTree] {
        answer.calls.enumerated().map { index, call in
            let isSigned = index == 0 && (isLater || !answer.thought.isEmpty)
            return .made([
                "functionCall": .made([
                    "name": .string(call.name), "args": call.arguments,
                    "id": isLater ? .string(callIDs[index]) : nil,
                ]),
                "thoughtSignature": isSigned ? proof : nil,
            ])
        }
    }

    private func frame(
        _ parts: [JSONTree], isLast: Bool, output: Int, candidates: Int = 1
    ) -> JSONTree {
        let all: [JSONTree] = (0..<candidates).map { index in
            .made([
                "content": ["parts": .array(parts), "role": "model"],
                "finishReason": isLast ? (answer.end == .length ? "MAX_TOKENS" : "STOP") : nil,
                "index": .int(index),
                "finishMessage": isLast && answer.end == .calls
                    ? "Model generated function call(s)." : nil,
            ])
        }
        return [
            "candidates": .array(all), "usageMetadata": usage(output),
            "modelVersion": .string(answer.model), "responseId": .string(id),
        ]
    }

    /// Thoughts count from the moment that the answer proper begins.
    private func usage(_ output: Int) -> JSONTree {
        let thoughts = output > 0 ? answer.thoughtTokens : 0
        return .made([
            "promptTokenCount": .int(answer.inputTokens),
            "candidatesTokenCount": output > 0 ? .int(output) : nil,
            "totalTokenCount": .int(answer.inputTokens + output + thoughts),
            "promptTokensDetails": [
                ["modality": "TEXT", "tokenCount": .int(answer.inputTokens)]
            ],
            "thoughtsTokenCount": thoughts > 0 ? .int(thoughts) : nil,
            "serviceTier": "standard",
        ])
    }

    // MARK: - Streams

    /// Server-sent events, parted by `\r\n\r\n` as the service does it.
    func eventPieces() -> [StreamPiece] {
        frames().map { frame, word in
            var writer = ByteWriter(capacity: 512)
            writer.append("data: ")
            frame.append(to: &writer, .spaced, level: 0)
            writer.append("\r\n\r\n")
            return piece(writer.finish(), word)
        }
    }

    /// One indented JSON array that comes bit by bit.
    func arrayPieces() -> [StreamPiece] {
        var pieces: [StreamPiece] = []
        for (index, (frame, word)) in frames().enumerated() {
            var writer = ByteWriter(capacity: 768)
            writer.append(index == 0 ? "[" as StaticString : ",\r\n")
            frame.append(to: &writer, .indented, level: 0)
            writer.append("\n")
            pieces.append(piece(writer.finish(), word))
        }
        return pieces + [StreamPiece("]")]
    }

    private func piece(_ event: Bytes, _ word: Bytes?) -> StreamPiece {
        guard let word else { return StreamPiece(event) }
        return StreamPiece(PieceTemplate(event), word: word)
    }

    /// One frame a word, calls whole, the end together with the last of them.
    private func frames() -> [(frame: JSONTree, word: Bytes?)] {
        var frames: [(frame: JSONTree, word: Bytes?)] = []
        for word in WordPieces.all(of: answer.thought) {
            let part = thought(PieceTemplate.word)
            frames.append((frame([part], isLast: false, output: 0), word))
        }
        guard answer.calls.isEmpty else {
            frames.append((frame(calls, isLast: true, output: answer.answerTokens), nil))
            return frames
        }
        let words = WordPieces.all(of: answer.text)
        for (index, word) in words.enumerated() {
            let isLast = index + 1 == words.count
            let part: JSONTree = ["text": PieceTemplate.word]
            frames.append((frame([part], isLast: isLast, output: index + 1), word))
        }
        return frames
    }
}
