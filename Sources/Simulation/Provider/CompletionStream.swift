// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// Makes the events of a streamed completion one at a time, so that an open stream costs little.
///
/// Of a chat: role, words or calls, finish reason, for each choice; then the usage if asked for and
/// `[DONE]`. The order and members of each event are those recorded from the service.
struct CompletionStream {
    private enum Phase { case role, content, calls(Int), finish, usage, done, ended }

    private let completion: SimulatedCompletion
    /// An event up to its choices, and behind them.
    private let opening: Bytes
    private let closing: Bytes
    private let includesUsage: Bool
    private let endsWithDone: Bool
    private var phase: Phase
    private var choice = 0
    private var offset = 0

    init(_ completion: SimulatedCompletion, includesUsage: Bool, endsWithDone: Bool) {
        self.completion = completion
        self.includesUsage = includesUsage
        self.endsWithDone = endsWithDone
        opening = Self.opening(of: completion)
        closing = Self.closing(of: completion, hasUsage: includesUsage)
        phase = completion.isChat ? .role : .content
        if !completion.isChat, completion.text.isEmpty { phase = .finish }
    }

    private static func opening(of completion: SimulatedCompletion) -> Bytes {
        var writer = ByteWriter(capacity: 256)
        writer.append("data: {\"id\":")
        writer.append(jsonString: completion.id.span)
        writer.append(",\"object\":")
        writer.append(
            completion.isChat ? "\"chat.completion.chunk\"" as StaticString : "\"text_completion\"")
        writer.append(",\"created\":")
        writer.append(decimal: completion.created)
        if completion.isChat {
            writer.append(",\"model\":")
            writer.append(jsonString: completion.model.span)
            writer.append(",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulated\"")
        }
        writer.append(",\"choices\":[")
        return writer.finish()
    }

    private static func closing(of completion: SimulatedCompletion, hasUsage: Bool) -> Bytes {
        var writer = ByteWriter(capacity: 64)
        writer.append("]")
        if !completion.isChat {
            writer.append(",\"model\":")
            writer.append(jsonString: completion.model.span)
        }
        if hasUsage { writer.append(",\"usage\":null") }
        writer.append("}\n\n")
        return writer.finish()
    }

    /// Appends the next event; false when there is none left. `stamp` replaces the words if given.
    mutating func next(into writer: inout ByteWriter, stamp: Int64?) -> Bool {
        switch phase {
        case .role: writeRole(into: &writer)
        case .content: writeWord(into: &writer, stamp: stamp)
        case .calls(let index): writeCall(index, into: &writer)
        case .finish: writeFinish(into: &writer)
        case .usage:
            writer.append(opening)
            // The rest of an event without its `"usage":null}` and two line ends.
            writer.append(closing.prefix(closing.count - 7))
            writer.append(usageOf: completion)
            writer.append("}\n\n")
            phase = endsWithDone ? .done : .ended
        case .done:
            writer.append("data: [DONE]\n\n")
            phase = .ended
        case .ended: return false
        }
        return true
    }

    private mutating func writeRole(into writer: inout ByteWriter) {
        begin(&writer)
        offset = 0
        switch completion.calls.count {
        case 0:
            writer.append("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}")
            phase = completion.text.isEmpty ? .finish : .content
        case 1:
            writer.append("{\"role\":\"assistant\",\"content\":null,")
            writeStart(of: 0, into: &writer)
            writer.append(",\"refusal\":null}")
            phase = .calls(0)
        default:
            // With several calls the service sends the role alone.
            writer.append("{\"role\":\"assistant\",\"content\":null}")
            phase = .calls(0)
            offset = -1
        }
        end(&writer)
    }

    private mutating func writeWord(into writer: inout ByteWriter, stamp: Int64?) {
        let text = completion.text
        let next = WordPieces.end(in: text.span, from: offset)
        if completion.isChat {
            begin(&writer)
            writer.append("{\"content\":")
        } else {
            writer.append(opening)
            writer.append("{\"text\":")
        }
        if let stamp {
            writer.append("\" ")
            writer.append(decimal: stamp)
            writer.append("\"")
        } else {
            writer.append(jsonString: text.span.extracting(offset..<next))
        }
        offset = next
        if offset == text.count { phase = .finish }
        guard !completion.isChat else {
            writer.append("}")
            return end(&writer)
        }
        writer.append(",\"index\":")
        writer.append(decimal: choice)
        writer.append(",\"logprobs\":null,\"finish_reason\":null}")
        writer.append(closing)
    }

    private mutating func writeCall(_ index: Int, into writer: inout ByteWriter) {
        let arguments = completion.calls[index].arguments
        begin(&writer)
        writer.append("{")
        if offset < 0 {
            writeStart(of: index, into: &writer)
            offset = 0
        } else {
            let next = WordPieces.end(in: arguments.span, from: offset)
            writer.append("\"tool_calls\":[{\"index\":")
            writer.append(decimal: index)
            writer.append(",\"function\":{\"arguments\":")
            writer.append(jsonString: arguments.span.extracting(offset..<next))
            writer.append("}}]")
            offset = next
        }
        writer.append("}")
        end(&writer)
        guard offset == arguments.count else { return }
        let isLast = index + 1 == completion.calls.count
        phase = isLast ? .finish : .calls(index + 1)
        offset = -1
    }

    private func writeStart(of index: Int, into writer: inout ByteWriter) {
        let call = completion.calls[index]
        writer.append("\"tool_calls\":[{\"index\":")
        writer.append(decimal: index)
        writer.append(",\"id\":")
        writer.append(jsonString: call.id.span)
        writer.append(",\"type\":\"function\",\"function\":{\"name\":")
        writer.append(jsonString: call.name.span)
        writer.append(",\"arguments\":\"\"}}]")
    }

    private mutating func writeFinish(into writer: inout ByteWriter) {
        if completion.isChat {
            begin(&writer)
            writer.append("{}")
        } else {
            writer.append(opening)
            writer.append("{\"text\":\"\",\"index\":")
            writer.append(decimal: choice)
        }
        writer.append(",\"logprobs\":null,\"finish_reason\":\"")
        writer.append(completion.finishReason)
        writer.append("\"}")
        writer.append(closing)
        choice += 1
        offset = 0
        if choice < completion.choices {
            phase = completion.isChat ? .role : .content
        } else {
            phase = includesUsage ? .usage : endsWithDone ? .done : .ended
        }
    }

    private func begin(_ writer: inout ByteWriter) {
        writer.append(opening)
        writer.append("{\"index\":")
        writer.append(decimal: choice)
        writer.append(",\"delta\":")
    }

    private func end(_ writer: inout ByteWriter) {
        writer.append(",\"logprobs\":null,\"finish_reason\":null}")
        writer.append(closing)
    }
}
