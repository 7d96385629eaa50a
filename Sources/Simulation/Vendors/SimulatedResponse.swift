// SPDX-License-Identifier: Apache-2.0
internal import Core

/// An answer as OpenAI's Responses API gives it, whole or as a stream.
struct SimulatedResponse {
    let answer: SimulatedAnswer
    private let request: ResponsesRequest
    private let created: Int
    private let id: Bytes
    private let itemIDs: [Bytes]
    private let callIDs: [Bytes]

    init(
        _ request: ResponsesRequest, script: ProviderScript, now: Timestamp,
        _ random: inout SeededGenerator
    ) {
        self.request = request
        answer = SimulatedAnswer(request.prompt, script: script)
        created = Int(now.seconds)
        id = SimulatedCompletion.identifier("resp_", 48, &random)
        var items: [Bytes] = []
        var calls: [Bytes] = []
        for _ in answer.calls {
            items.append(SimulatedCompletion.identifier("fc_", 48, &random))
            calls.append(SimulatedCompletion.identifier("call_", 24, &random))
        }
        if calls.isEmpty { items.append(SimulatedCompletion.identifier("msg_", 48, &random)) }
        itemIDs = items
        callIDs = calls
    }

    /// The one-piece answer.
    var whole: JSONTree {
        response(status: isCut ? "incomplete" : "completed", output: items, usage: usage)
    }

    private var isCut: Bool { answer.end == .length }

    private var items: [JSONTree] {
        guard answer.calls.isEmpty else {
            return answer.calls.indices.map {
                call($0, arguments: .string(answer.calls[$0].arguments.bytes()), "completed")
            }
        }
        return [message([part(.string(answer.text))], isCut ? "incomplete" : "completed")]
    }

    private func part(_ text: JSONTree) -> JSONTree {
        ["type": "output_text", "annotations": [], "logprobs": [], "text": text]
    }

    private func message(_ content: [JSONTree], _ status: JSONTree) -> JSONTree {
        [
            "id": .string(itemIDs[0]), "type": "message", "status": status,
            "content": .array(content), "role": "assistant",
        ]
    }

    private func call(_ index: Int, arguments: JSONTree, _ status: JSONTree) -> JSONTree {
        [
            "id": .string(itemIDs[index]), "type": "function_call", "status": status,
            "arguments": arguments, "call_id": .string(callIDs[index]),
            "name": .string(answer.calls[index].name),
        ]
    }

    private var usage: JSONTree {
        [
            "input_tokens": .int(answer.inputTokens),
            "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .int(answer.outputTokens),
            "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .int(answer.inputTokens + answer.outputTokens),
        ]
    }

    private func response(status: JSONTree, output: [JSONTree], usage: JSONTree) -> JSONTree {
        let cut: JSONTree = isCut && !usage.isNull ? ["reason": "max_output_tokens"] : .null
        return [
            "id": .string(id), "object": "response", "created_at": .int(created),
            "status": status, "background": false, "error": .null, "incomplete_details": cut,
            "instructions": request.instructions,
            "max_output_tokens": request.prompt.maxTokens.map { .int($0) } ?? .null,
            "max_tool_calls": .null, "model": .string(answer.model), "output": .array(output),
            "parallel_tool_calls": .bool(request.prompt.mayCallSeveral),
            "previous_response_id": .null, "prompt_cache_key": .null,
            "reasoning": ["effort": .null, "summary": .null], "safety_identifier": .null,
            "service_tier": "default", "store": true, "temperature": .number("1.0"),
            "text": ["format": request.format, "verbosity": "medium"], "tool_choice": "auto",
            "tools": request.tools, "top_logprobs": 0, "top_p": .number("1.0"),
            "truncation": "disabled", "usage": usage, "user": .null, "metadata": [:],
        ]
    }

    // MARK: - Stream

    /// The events in the service's order; there is no `[DONE]`.
    func pieces() -> [StreamPiece] {
        var events = EventList()
        let begun = response(status: "in_progress", output: [], usage: .null)
        events.add("response.created", ["response": begun])
        events.add("response.in_progress", ["response": begun])
        if answer.calls.isEmpty {
            addMessage(&events)
        } else {
            for index in answer.calls.indices { addCall(index, &events) }
        }
        events.add(isCut ? "response.incomplete" : "response.completed", ["response": whole])
        return events.pieces
    }

    private func addMessage(_ events: inout EventList) {
        let place: [(String, JSONTree)] = [
            ("item_id", .string(itemIDs[0])), ("output_index", 0), ("content_index", 0),
        ]
        events.add(
            "response.output_item.added",
            ["output_index": 0, "item": message([], "in_progress")])
        events.add("response.content_part.added", place + [("part", part(""))])
        for word in WordPieces.all(of: answer.text) {
            events.add(
                "response.output_text.delta",
                place + [("delta", PieceTemplate.word), ("logprobs", [])], word: word)
        }
        let text: JSONTree = .string(answer.text)
        events.add("response.output_text.done", place + [("text", text), ("logprobs", [])])
        events.add("response.content_part.done", place + [("part", part(text))])
        events.add("response.output_item.done", ["output_index": 0, "item": items[0]])
    }

    private func addCall(_ index: Int, _ events: inout EventList) {
        let place: [(String, JSONTree)] = [
            ("item_id", .string(itemIDs[index])), ("output_index", .int(index)),
        ]
        events.add(
            "response.output_item.added",
            [
                "output_index": .int(index),
                "item": call(index, arguments: "", "in_progress"),
            ])
        let arguments = answer.calls[index].arguments.bytes()
        for word in WordPieces.all(of: arguments) {
            events.add(
                "response.function_call_arguments.delta",
                place + [("delta", PieceTemplate.word)], word: word)
        }
        events.add(
            "response.function_call_arguments.done",
            place + [("arguments", .string(arguments))])
        events.add(
            "response.output_item.done", ["output_index": .int(index), "item": items[index]])
    }

    /// Numbers the events while they are made.
    private struct EventList {
        private(set) var pieces: [StreamPiece] = []

        mutating func add(_ type: String, _ members: KeyValuePairs<String, JSONTree>) {
            add(type, members.map { ($0.key, $0.value) })
        }

        mutating func add(
            _ type: String, _ members: [(String, JSONTree)], word: Bytes? = nil
        ) {
            let all: [(String, JSONTree)] =
                [("type", .text(type)), ("sequence_number", .int(pieces.count))] + members
            var writer = ByteWriter(capacity: 256)
            writer.append("event: ")
            writer.append(type)
            writer.append("\ndata: ")
            JSONTree.object(all.map { .init(name: Bytes($0.0), value: $0.1) })
                .append(to: &writer, .compact, level: 0)
            writer.append("\n\n")
            let event = writer.finish()
            pieces.append(
                word.map { StreamPiece(PieceTemplate(event), word: $0) } ?? StreamPiece(event))
        }
    }
}
