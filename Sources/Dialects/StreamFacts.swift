// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// What was seen of a stream so far.
///
/// Member names are compared as they are sent: no provider escapes them.
public struct StreamFacts: Sendable, Equatable {
    /// The last usage that was not null.
    public internal(set) var usage: Usage?
    /// Events with data, `[DONE]` included.
    public internal(set) var eventCount = 0
    /// Chunks that carried text, reasoning or a piece of a tool call.
    public internal(set) var deltaCount = 0
    /// Bytes of text in them, about; for estimates where no usage comes.
    public internal(set) var deltaBytes = 0
    public internal(set) var hasFinishReason = false
    /// Whether `data: [DONE]` was seen.
    public internal(set) var isDone = false
    /// Whether an event with an `error` was seen.
    public internal(set) var hasError = false

    let format: WireFormat
    /// Counts of formats whose events tell them bit by bit.
    var counts = TokenCounts()

    public init(format: WireFormat = .chatCompletions) { self.format = format }

    /// Whether the first token has arrived.
    public var hasFirstToken: Bool { deltaCount > 0 }

    /// What one event was.
    enum Verdict { case usual, usageOnly, malformed }

    /// Looks at a whole event, from its first field to behind its empty line.
    @inline(__always)
    mutating func note(event: Span<UInt8>) -> Verdict {
        let firstEnd = event.indexOfLineBreak(from: 0)
        guard event.hasPrefix("data:"), event.isEndOfEvent(at: firstEnd) else {
            return note(lines: event)
        }
        return note(payload: event.extracting(5..<firstEnd))
    }

    /// Looks at an event of several lines, of which those of data make up the payload.
    @inline(never)
    private mutating func note(lines event: Span<UInt8>) -> Verdict {
        var payload = ByteWriter()
        var dataLines = 0
        var start = 0
        while start < event.count {
            let end = event.indexOfLineBreak(from: start)
            if event.extracting(start..<end).hasPrefix("data:") {
                if dataLines > 0 { payload.append(UInt8(ascii: "\n")) }
                payload.append(event.extracting(start + 5..<end))
                dataLines += 1
            }
            start = end + 1
        }
        return dataLines > 0 ? note(payload: payload.span) : .usual
    }

    private mutating func note(payload: Span<UInt8>) -> Verdict {
        eventCount += 1
        let text = payload.extracting(payload.trimmedRange)
        if text.equals("[DONE]") {
            isDone = true
            return .usual
        }
        guard format == .chatCompletions else { return note(foreign: text) }
        return note(chunk: text)
    }

    private mutating func note(chunk: Span<UInt8>) -> Verdict {
        var members = JSONMembers(in: chunk)
        var hasUsage = false
        var hasNoChoices = false
        var isFailure = false
        while let member = members.next() {
            let name = chunk.extracting(member.key.content)
            switch name.count {
            case 7 where name.equals("choices"):
                hasNoChoices = Self.isEmptyArray(member.value, in: chunk)
                if !hasNoChoices { note(choices: member.value, in: chunk) }
            case 5 where name.equals("usage"):
                guard let read = Usage(member.value, in: chunk) else { continue }
                usage = read
                hasUsage = true
            case 5 where name.equals("error"):
                isFailure = member.value.kind != .null
            case 6 where name.equals("x_groq"):
                usage = Usage(groq: member.value, in: chunk) ?? usage
            default: continue
            }
        }
        if members.isMalformed { return .malformed }
        if isFailure { hasError = true }
        guard hasUsage, hasNoChoices, !isFailure else { return .usual }
        // Only what is beyond doubt may be kept from the client; once a stream, so it is cheap.
        return (try? JSONScanner.validate(chunk)) == nil ? .malformed : .usageOnly
    }

    private static func isEmptyArray(_ value: JSONSlice, in chunk: Span<UInt8>) -> Bool {
        guard value.kind == .array else { return false }
        for index in value.content where chunk[index] > 0x20 { return false }
        return true
    }

    private mutating func note(choices: JSONSlice, in chunk: Span<UInt8>) {
        var elements = JSONElements(of: choices, in: chunk)
        var hasDelta = false
        while let choice = elements.next() {
            var members = JSONMembers(of: choice, in: chunk)
            while let member = members.next() {
                let name = chunk.extracting(member.key.content)
                switch name.count {
                case 5 where name.equals("delta"):
                    let size = Self.size(of: member.value, in: chunk)
                    hasDelta = hasDelta || size > 0
                    deltaBytes &+= size
                case 4 where name.equals("text"):
                    guard member.value.isFull else { continue }
                    hasDelta = true
                    deltaBytes &+= member.value.range.count &- 2
                case 13 where name.equals("finish_reason"):
                    if member.value.kind == .string { hasFinishReason = true }
                default: continue
                }
            }
        }
        if hasDelta { deltaCount += 1 }
    }

    /// The bytes of what a delta has beside its role: text, reasoning, tool calls, audio.
    private static func size(of delta: JSONSlice, in chunk: Span<UInt8>) -> Int {
        var members = JSONMembers(of: delta, in: chunk)
        while let member = members.next() {
            guard member.value.isFull else { continue }
            if !chunk.extracting(member.key.content).equals("role") {
                return member.value.range.count &- 2
            }
        }
        return 0
    }
}

extension JSONSlice {
    /// A string, array or object that is not empty, as far as its brackets tell.
    fileprivate var isFull: Bool {
        (kind == .string || kind == .array || kind == .object) && range.count > 2
    }
}

extension Span where Element == UInt8 {
    /// Whether nothing but an empty line follows the line break here.
    @inline(__always)
    fileprivate func isEndOfEvent(at lineBreak: Int) -> Bool {
        var index = lineBreak
        while index < count, self[index] == 0x0A || self[index] == 0x0D { index &+= 1 }
        return index == count
    }
}
