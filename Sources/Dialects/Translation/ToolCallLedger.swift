// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Joins calls and results along a chat: ids for those without, names for results without.
///
/// Gemini and Ollama go by name and order, the others by id; the ledger speaks both.
struct ToolCallLedger {
    private struct Entry {
        let id: EscapedText
        let name: EscapedText
        var isAnswered = false
    }

    private var entries: [Entry] = []

    /// The call's own id, or one made from its place in the chat, the same each time.
    mutating func id(of call: ToolCall) -> EscapedText {
        let id = call.id.flatMap { $0.isEmpty ? nil : $0 } ?? Self.id(number: entries.count)
        entries.append(Entry(id: id, name: call.name))
        return id
    }

    /// The id and name of the call that a result answers; nil for what cannot be known.
    mutating func call(of result: ToolResult) -> (id: EscapedText?, name: EscapedText?) {
        if let id = result.callID, !id.isEmpty {
            guard let place = entries.lastIndex(where: { $0.id == id }) else {
                return (id, result.name)
            }
            entries[place].isAnswered = true
            return (id, result.name ?? entries[place].name)
        }
        let place = entries.firstIndex { entry in
            !entry.isAnswered && (result.name == nil || result.name == entry.name)
        }
        guard let place else { return (nil, result.name) }
        entries[place].isAnswered = true
        return (entries[place].id, result.name ?? entries[place].name)
    }

    /// An id that every format takes.
    static func id(number: Int) -> EscapedText {
        var writer = ByteWriter(capacity: 24)
        writer.append("call_")
        writer.append(digits: number, width: 8)
        return EscapedText(escaping: writer.finish().span)
    }
}

extension EscapedText {
    /// The id with every byte but letters, digits, `_` and `-` made `_`, as Anthropic wants it.
    var plainID: EscapedText {
        let text = decoded.span
        var writer = ByteWriter(capacity: text.count)
        for index in text.indices {
            let byte = text[index]
            let isLetter = (byte | 0x20) &- 0x61 < 26
            let isPlain = isLetter || ASCII.isDigit(byte) || byte == 0x5F || byte == 0x2D
            writer.append(isPlain ? byte : 0x5F)
        }
        return EscapedText(escaping: writer.finish().span)
    }
}
