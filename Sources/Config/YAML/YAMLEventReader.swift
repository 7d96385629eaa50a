// SPDX-License-Identifier: Apache-2.0
import CYAML

/// A step of a YAML document with the place where it begins.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamEnd
        case documentStart, documentEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case alias
        /// Carries nothing for us.
        case other
    }

    var kind: Kind
    var position: SourcePosition
    var hasAnchor = false
    var hasTag = false
}

/// Text that is no YAML: what libyaml says, and where.
struct YAMLSyntaxFault: Error, Equatable {
    var message: String
    var position: SourcePosition
}

/// Owns one libyaml parser, and frees it and each of its events.
struct YAMLEventReader: ~Copyable {
    /// On the heap: libyaml keeps the address.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeRawBufferPointer

    /// Reads from `input`, which must outlive the reader and not be empty.
    init(_ input: UnsafeRawBufferPointer) {
        // libyaml ends the process when it gets no address.
        guard let start = input.baseAddress else { preconditionFailure("no text to read") }
        parser = .allocate(capacity: 1)
        self.input = input
        precondition(yaml_parser_initialize(parser) == 1, "no memory for a parser")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(
            parser, start.assumingMemoryBound(to: UInt8.self), input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next step; after a fault the reader must not be asked again.
    mutating func next() throws(YAMLSyntaxFault) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxFault() }
        defer { yaml_event_delete(&event) }
        return Self.step(event)
    }

    private static func step(_ event: yaml_event_t) -> YAMLEvent {
        let position = SourcePosition(event.start_mark)
        switch event.type {
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, position: position)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, position: position)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, position: position)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, position: position)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, position: position)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, position: position)
        case YAML_SCALAR_EVENT: return scalar(event.data.scalar, at: position)
        case YAML_SEQUENCE_START_EVENT:
            let data = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, position: position,
                hasAnchor: data.anchor != nil, hasTag: data.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let data = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, position: position,
                hasAnchor: data.anchor != nil, hasTag: data.tag != nil)
        default: return YAMLEvent(kind: .other, position: position)
        }
    }

    private static func scalar(
        _ data: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar,
        at position: SourcePosition
    ) -> YAMLEvent {
        let bytes = UnsafeBufferPointer(start: data.value, count: data.length)
        let text = String(decoding: bytes, as: UTF8.self)
        return YAMLEvent(
            kind: .scalar(text, isPlain: data.style == YAML_PLAIN_SCALAR_STYLE),
            position: position, hasAnchor: data.anchor != nil, hasTag: data.tag != nil)
    }

    private func syntaxFault() -> YAMLSyntaxFault {
        let state = parser.pointee
        switch state.error {
        case YAML_MEMORY_ERROR:
            return YAMLSyntaxFault(
                message: "not enough memory to read it", position: .init(line: 1, column: 1))
        case YAML_READER_ERROR:
            return YAMLSyntaxFault(
                message: "not YAML: \(Self.text(state.problem)); write UTF-8 text without it",
                position: SourcePosition(after: input.prefix(state.problem_offset)))
        default:
            return grammarFault(state)
        }
    }

    private func grammarFault(_ state: yaml_parser_t) -> YAMLSyntaxFault {
        // At the end of the text libyaml counts a line that is not there.
        let end = SourcePosition(after: input[...])
        let position = min(SourcePosition(state.problem_mark), end)
        if isTab(at: state.problem_mark) {
            return YAMLSyntaxFault(
                message: "not YAML: a tab cannot indent; write spaces", position: position)
        }
        var message = "not YAML: \(Self.text(state.problem))"
        if state.context != nil {
            let begin = SourcePosition(state.context_mark)
            message += " \(Self.text(state.context)) that begins at \(begin.line):\(begin.column)"
        }
        return YAMLSyntaxFault(
            message: message + "; look for indentation, quotes or a colon missing before it",
            position: position)
    }

    private static func text(_ problem: UnsafePointer<CChar>?) -> String {
        problem.map { String(cString: $0) } ?? "unreadable"
    }

    private func isTab(at mark: yaml_mark_t) -> Bool {
        // The index counts characters; it is a byte offset as long as all before it is ASCII, and
        // beyond that the only loss is the kinder message.
        mark.index < input.count && input[mark.index] == UInt8(ascii: "\t")
    }
}

extension SourcePosition {
    /// libyaml counts both from 0.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    /// The place behind `text`, lines counted as libyaml does (YAML 1.1, 5.4).
    init(after text: Slice<UnsafeRawBufferPointer>) {
        self.init(line: 1, column: 1)
        for index in text.indices {
            let before = text[max(text.startIndex, index - 2)..<index]
            switch text[index] {
            case 0x0A where before.last == 0x0D: continue
            case 0x0A, 0x0D: breakLine()
            case 0x85 where before.last == 0xC2: breakLine()
            case 0xA8 where before.elementsEqual([0xE2, 0x80]): breakLine()
            case 0xA9 where before.elementsEqual([0xE2, 0x80]): breakLine()
            case 0x80...0xBF: continue  // Bytes that continue a character are not counted.
            default: column += 1
            }
        }
    }

    private mutating func breakLine() {
        line += 1
        column = 1
    }
}
