// SPDX-License-Identifier: Apache-2.0
import Core

/// A file's single YAML document as a small tree, with everything refused that we do not need.
struct YAMLDocument {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 32
    /// Values in one document; keeps a megabyte of `[,,,` from becoming a hundred of memory.
    static let maximumNodes = 50_000

    /// Nil when the text is no YAML at all; the reason is in the list then.
    let root: YAMLNode?

    /// Reads a document; what is refused is reported to `diagnostics`.
    init(_ bytes: Bytes, diagnostics: inout DiagnosticList) {
        let start = SourcePosition(line: 1, column: 1)
        guard bytes.count <= Self.maximumBytes else {
            diagnostics.fault(
                start, "the file is larger than 1 MiB; split off what is no configuration")
            root = nil
            return
        }
        // Not part of the text, and libyaml would count it as a column.
        let bytes = bytes.span.hasPrefix("\u{FEFF}") ? bytes.dropFirst(3) : bytes
        guard !bytes.isEmpty else {
            root = YAMLNode(position: start, content: .mapping([]))
            return
        }
        var list = diagnostics
        root = bytes.withUnsafeBytes { buffer in
            var builder = YAMLTreeBuilder(reader: YAMLEventReader(buffer), diagnostics: list)
            let root = builder.document()
            list = builder.diagnostics
            return root
        }
        diagnostics = list
    }
}

/// Turns events into nodes, one document, no aliases, no repeated keys.
private struct YAMLTreeBuilder: ~Copyable {
    var reader: YAMLEventReader
    var diagnostics: DiagnosticList
    private var nodeCount = 0

    init(reader: consuming YAMLEventReader, diagnostics: DiagnosticList) {
        self.reader = reader
        self.diagnostics = diagnostics
    }

    mutating func document() -> YAMLNode? {
        do throws(YAMLSyntaxFault) {
            return try wholeStream()
        } catch {
            diagnostics.fault(error.position, error.message)
            return nil
        }
    }

    private mutating func wholeStream() throws(YAMLSyntaxFault) -> YAMLNode {
        var root: YAMLNode?
        while true {
            let event = try reader.next()
            switch event.kind {
            case .streamEnd:
                let start = SourcePosition(line: 1, column: 1)
                return root ?? YAMLNode(position: start, content: .mapping([]))
            case .documentStart where root != nil:
                throw YAMLSyntaxFault(
                    message: "a second document begins here; keep one configuration in one file",
                    position: event.position)
            case .documentStart:
                root = try node(from: try reader.next(), depth: 1)
            default: continue
            }
        }
    }

    private mutating func node(
        from event: YAMLEvent, depth: Int
    ) throws(YAMLSyntaxFault) -> YAMLNode {
        try count(event, depth: depth)
        if event.kind == .alias {
            diagnostics.fault(
                event.position, "an alias '*…' is not supported; write the value itself")
            return YAMLNode(position: event.position, content: .refused)
        }
        if event.hasAnchor {
            diagnostics.fault(
                event.position, "an anchor '&…' is not supported; write the value without it")
        }
        if event.hasTag {
            diagnostics.fault(
                event.position, "a tag '!…' is not supported; write the value without it")
        }
        let content: YAMLNode.Content =
            switch event.kind {
            case .scalar(let text, let isPlain): .scalar(YAMLScalar(text: text, isPlain: isPlain))
            case .sequenceStart: .sequence(try elements(depth: depth))
            case .mappingStart: .mapping(try pairs(depth: depth))
            default: .refused
            }
        return YAMLNode(position: event.position, content: content)
    }

    private mutating func count(_ event: YAMLEvent, depth: Int) throws(YAMLSyntaxFault) {
        nodeCount += 1
        if depth > YAMLDocument.maximumDepth {
            throw YAMLSyntaxFault(
                message: "nested deeper than \(YAMLDocument.maximumDepth) levels; write it flatter",
                position: event.position)
        }
        if nodeCount > YAMLDocument.maximumNodes {
            throw YAMLSyntaxFault(
                message: "more than \(YAMLDocument.maximumNodes) values; write fewer",
                position: event.position)
        }
    }

    private mutating func elements(depth: Int) throws(YAMLSyntaxFault) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try reader.next()
            if event.kind == .sequenceEnd { return elements }
            elements.append(try node(from: event, depth: depth + 1))
        }
    }

    private mutating func pairs(depth: Int) throws(YAMLSyntaxFault) -> [YAMLPair] {
        var pairs: [YAMLPair] = []
        var seen: [String: SourcePosition] = [:]
        while true {
            let event = try reader.next()
            if event.kind == .mappingEnd { return pairs }
            let key = try node(from: event, depth: depth + 1)
            let value = try node(from: try reader.next(), depth: depth + 1)
            guard case .scalar(let scalar) = key.content else {
                if case .refused = key.content { continue }
                diagnostics.fault(key.position, "a key must be text, not \(key.kindName)")
                continue
            }
            if let first = seen[scalar.text] {
                diagnostics.fault(
                    key.position,
                    "\(quoted(scalar.text)) is written twice, first at \(first.line):"
                        + "\(first.column); keep one of them")
                continue
            }
            seen[scalar.text] = key.position
            pairs.append(YAMLPair(key: scalar.text, keyPosition: key.position, value: value))
        }
    }
}
