// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Streams of events other than chat completions, as far as accounting needs them.
extension StreamFacts {
    /// Looks at one event's payload in another format than chat completions.
    @inline(never)
    mutating func note(foreign chunk: Span<UInt8>) -> Verdict {
        var members = JSONMembers(in: chunk)
        var type: JSONSlice?
        while let member = members.next() {
            let name = chunk.extracting(member.key.content)
            switch name.count {
            case 4 where name.equals("type"): type = member.value
            case 5 where name.equals("error"): if member.value.kind != .null { hasError = true }
            case 5 where name.equals("usage"): note(counts: member.value, in: chunk)
            case 5 where name.equals("delta"):
                deltaCount += 1
                deltaBytes += max(0, member.value.range.count - Self.wrapping)
                if format == .cohereChat { note(nested: member.value, in: chunk) }
            case 7 where name.equals("message"): note(nested: member.value, in: chunk)
            case 8 where name.equals("response"): note(nested: member.value, in: chunk)
            case 10 where name.equals("candidates"): note(candidates: member.value, in: chunk)
            case 13 where name.equals("usageMetadata"): note(counts: member.value, in: chunk)
            default: continue
            }
        }
        if members.isMalformed { return .malformed }
        if let type, type.kind == .string { note(type: chunk.extracting(type.content)) }
        return .usual
    }

    /// About what stands around the text of an event, such as `{"type":"text_delta","text":""}`.
    private static let wrapping = 34

    private mutating func note(type: Span<UInt8>) {
        if type.equals("message_stop") || type.equals("response.completed")
            || type.equals("response.incomplete") || type.equals("message-end")
        {
            isDone = true
        }
        if type.equals("error") || type.equals("response.failed") { hasError = true }
    }

    /// Anthropic's `message`, the `response` of Responses and Cohere's `delta` hold the usage.
    private mutating func note(nested object: JSONSlice, in chunk: Span<UInt8>) {
        var members = JSONMembers(of: object, in: chunk)
        while let member = members.next() {
            if member.key.equals("usage", in: chunk) { note(counts: member.value, in: chunk) }
        }
    }

    private mutating func note(counts object: JSONSlice, in chunk: Span<UInt8>) {
        guard format != .responses else {
            usage = Usage(object, in: chunk) ?? usage
            return
        }
        let object = format == .cohereChat ? object.cohereCounts(in: chunk) : object
        counts.read(object, in: chunk, format: format)
        usage = counts.usage(of: format)
    }

    private mutating func note(candidates: JSONSlice, in chunk: Span<UInt8>) {
        var elements = JSONElements(of: candidates, in: chunk)
        while let candidate = elements.next() {
            var members = JSONMembers(of: candidate, in: chunk)
            while let member = members.next() {
                if member.key.equals("content", in: chunk) {
                    deltaCount += 1
                    deltaBytes += max(0, member.value.range.count - Self.wrapping)
                }
                guard member.key.equals("finishReason", in: chunk) else { continue }
                hasFinishReason = member.value.kind == .string
            }
        }
    }
}

extension JSONSlice {
    /// The counts in a usage of Cohere's that are billed, or else all.
    fileprivate func cohereCounts(in bytes: Span<UInt8>) -> JSONSlice {
        var counts = self
        var members = JSONMembers(of: self, in: bytes)
        while let member = members.next() {
            if member.key.equals("billed_units", in: bytes) { return member.value }
            if member.key.equals("tokens", in: bytes) { counts = member.value }
        }
        return counts
    }
}
