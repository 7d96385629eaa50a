// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Thoughts beside a message's content, by the three names that compatible providers gave them.
///
/// DeepSeek and vLLM say `reasoning_content`, Groq, Cerebras and Ollama `reasoning`; OpenRouter
/// adds `reasoning_details`, a list that holds signatures and sealed thoughts too.
enum ThoughtSpelling {
    /// Marks a part that stood beside the content and not in its list.
    static let besideContent = Extras(origin: .chatCompletions)

    static func isName(_ name: Span<UInt8>) -> Bool {
        guard name.hasPrefix("reasoning") else { return false }
        return name.count == 9 || name.equals("reasoning_content")
            || name.equals("reasoning_details")
    }

    /// Appends the thoughts that these members hold; the first keeps the members.
    static func read(_ members: Extras, into parts: inout [ContentPart]) {
        guard !members.isEmpty else { return }
        var thoughts: [Thought] = []
        if let details = members["reasoning_details"] { thoughts = read(details: details) }
        if thoughts.allSatisfy({ $0.text?.isEmpty ?? true }) {
            let plain = members["reasoning_content"] ?? members["reasoning"]
            if thoughts.isEmpty { thoughts = [Thought()] }
            thoughts[0].text = plain.flatMap(text) ?? thoughts[0].text
        }
        for (index, thought) in thoughts.enumerated() {
            var part = ContentPart(.reasoning(thought))
            part.extras = index == 0 ? members : besideContent
            parts.append(part)
        }
    }

    /// The text of a JSON string that stands alone.
    static func text(_ json: Bytes) -> EscapedText? {
        guard json.count >= 2, json[0] == UInt8(ascii: "\"") else { return nil }
        let inside = json[1..<json.count - 1]
        let hasEscapes = inside.span.firstIndex(of: UInt8(ascii: "\\")) != nil
        let slice = JSONSlice(kind: .string, range: 0..<json.count, hasEscapes: hasEscapes)
        return EscapedText(slice, in: json)
    }

    /// The elements of OpenRouter's list that have a meaning for others.
    static func read(details: Bytes) -> [Thought] {
        var thoughts: [Thought] = []
        var elements = JSONElements(of: details.root(.array), in: details.span)
        while let element = elements.next() {
            var thought = Thought()
            thought.text =
                details.string("text", of: element) ?? details.string("summary", of: element)
            if let proof = details.string("signature", of: element) {
                thought.take(proof: proof, in: .chatCompletions)
            }
            if let sealed = details.string("data", of: element) {
                thought.take(proof: sealed, isSealed: true, in: .chatCompletions)
            }
            thought.id = details.string("id", of: element)
            if thought.text != nil || thought.sealed != nil || thought.signature != nil {
                thoughts.append(thought)
            }
        }
        return thoughts
    }

    /// Writes one thought as an element of OpenRouter's list.
    static func write(_ thought: Thought, index: Int, to json: inout JSONWriter) {
        json.beginObject()
        if let sealed = thought.sealed {
            json.member("type", "reasoning.encrypted")
            json.member(
                "data",
                OriginMark.text(sealed, of: thought.origin, isSealed: true, in: .chatCompletions))
        } else {
            json.member("type", "reasoning.text")
            json.member("text", thought.text ?? EscapedText())
            if let signature = thought.signature {
                json.member(
                    "signature",
                    OriginMark.text(signature, of: thought.origin, in: .chatCompletions))
            }
        }
        if let id = thought.id { json.member("id", id) }
        json.member("index", index)
        json.endObject()
    }
}

extension JSONWriter {
    /// Thoughts with their proofs, as OpenRouter wants them back.
    mutating func thoughts(_ proved: [Thought], _ text: EscapedText) {
        if !text.isEmpty { member("reasoning", text) }
        key("reasoning_details")
        beginArray()
        for (index, thought) in proved.enumerated() {
            ThoughtSpelling.write(thought, index: index, to: &self)
        }
        endArray()
    }
}

extension Bytes {
    /// A slice for the whole of a JSON text without blanks around it.
    func root(_ kind: JSONKind) -> JSONSlice {
        let isThere = !isEmpty && (self[0] == UInt8(ascii: kind == .array ? "[" : "{"))
        return JSONSlice(kind: isThere ? kind : .null, range: 0..<count)
    }
}
