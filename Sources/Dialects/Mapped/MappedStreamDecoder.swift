// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// Reads a stream by the places that a mapping names.
struct MappedStreamDecoder: StreamDecoder {
    private let mapping: FieldMapping
    private var hasStarted = false

    init() { mapping = FieldMapping() }

    init(_ mapping: FieldMapping) { self.mapping = mapping }

    mutating func frames(
        of data: Bytes, name: Span<UInt8>
    ) throws(ProviderError) -> [StreamFrame] {
        guard let stream = mapping.stream else { return [] }
        var frame = StreamFrame()
        if let done = stream.done, data == done {
            frame.events = [.done]
            return [frame]
        }
        do throws(JSONFault) { _ = try JSONScanner.validate(data.span) } catch {
            throw .malformed(error)
        }
        if let error = mapping.error, FieldMapping.text(error.message, data) != nil {
            throw mapping.error(data, status: 500, in: .chatCompletions)
        }
        if !hasStarted {
            hasStarted = true
            var head = AnswerHead()
            head.id = FieldMapping.text(stream.places.id, data)
            frame.events.append(.start(head))
        }
        if let thought = FieldMapping.text(stream.places.reasoning, data), !thought.isEmpty {
            frame.events.append(.reasoning(thought))
        }
        if let text = FieldMapping.text(stream.places.text, data), !text.isEmpty {
            frame.events.append(.text(text))
        }
        if let finish = mapping.finish(stream.places.finish, data) {
            frame.events.append(.finish(finish))
        }
        if let usage = FieldMapping.usage(stream.places, data) {
            frame.events.append(.usage(usage))
        }
        return [frame]
    }
}
