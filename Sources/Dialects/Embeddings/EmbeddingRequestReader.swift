// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

extension EmbeddingFormat {
    /// Reads a caller's request; the body was validated before.
    public func request(from body: Bytes) throws(RequestFault) -> EmbeddingRequest {
        try EmbeddingRequestReader(body, self).read()
    }
}

/// Reads requests for embeddings.
struct EmbeddingRequestReader {
    private let body: ChatBody
    private let format: EmbeddingFormat
    private var request = EmbeddingRequest()

    init(_ bytes: Bytes, _ format: EmbeddingFormat) {
        body = ChatBody(bytes)
        self.format = format
        request.extras.origin = format == .openAI ? .chatCompletions : nil
    }

    consuming func read() throws(RequestFault) -> EmbeddingRequest {
        let bytes = body.bytes
        if format == .geminiSingle {
            try readGemini(JSONSlice(kind: .object, range: 0..<bytes.count))
            request.isPlain = true
            return request
        }
        var members = JSONMembers(in: bytes.span)
        while let member = members.next() {
            if member.value.kind != .null, try take(member) { continue }
            body.keep(member, in: &request.extras)
        }
        guard !request.inputs.isEmpty else { throw .missing(listName) }
        return request
    }

    private var listName: Bytes {
        switch format {
        case .openAI, .ollama: "input"
        case .cohere: "texts"
        case .geminiBatch, .geminiSingle: "requests"
        }
    }

    private mutating func take(_ member: JSONMember) throws(RequestFault) -> Bool {
        let value = member.value
        if body.isNamed(member, "model") {
            request.model = try body.text(value)
        } else if body.isNamed(member, "input") || body.isNamed(member, "texts") {
            try readInputs(value)
        } else if body.isNamed(member, "requests"), format == .geminiBatch {
            try body.expect(.array, value)
            let whole = body.bytes
            var elements = JSONElements(of: value, in: whole.span)
            while let element = elements.next() { try readGemini(element) }
        } else if body.isNamed(member, "dimensions") || body.isNamed(member, "output_dimension") {
            request.dimensions = try body.int(value)
        } else if body.isNamed(member, "encoding_format") {
            request.statesEncoding = true
            if try body.text(value).equals("base64") { request.encoding = .base64 }
        } else if body.isNamed(member, "input_type") {
            request.task = try body.text(value)
        } else if body.isNamed(member, "embedding_types"), format == .cohere {
            // Answers to Cohere's callers hold floats, whatever else was named.
            try body.expect(.array, value)
        } else if body.isNamed(member, "user") {
            request.user = try body.text(value)
        } else {
            return false
        }
        return true
    }

    /// A text, a list of texts, a list of tokens, or a list of such lists.
    private mutating func readInputs(_ value: JSONSlice) throws(RequestFault) {
        if value.kind == .string {
            request.inputs = [.text(try body.text(value))]
            request.isPlain = true
            return
        }
        guard value.kind == .array else {
            throw body.wrongType(value, "a string or a list")
        }
        let whole = body.bytes
        var elements = JSONElements(of: value, in: whole.span)
        while let element = elements.next() {
            switch element.kind {
            case .string: request.inputs.append(.text(try body.text(element)))
            case .array: request.inputs.append(.tokens(body.raw(element)))
            case .number:
                request.inputs = [.tokens(body.raw(value))]
                request.isPlain = true
                return
            default: throw body.wrongType(element, "a string or a list of tokens")
            }
        }
    }

    /// `{"content": {"parts": [{"text"}]}, "taskType", "outputDimensionality"}`, in either case.
    private mutating func readGemini(_ object: JSONSlice) throws(RequestFault) {
        guard let content = body.member("content", of: object) else {
            throw body.missing("content", in: object)
        }
        guard let parts = body.member("parts", of: content) else {
            throw body.missing("parts", in: content)
        }
        var text = EscapedText()
        var elements = JSONElements(of: parts, in: body.bytes.span)
        while let part = elements.next() {
            guard let piece = body.member("text", of: part) else {
                throw body.invalid(part, " has no text, and nothing else can be embedded.")
            }
            text = text + (try body.text(piece))
        }
        request.inputs.append(.text(text))
        let task = body.member("taskType", of: object) ?? body.member("task_type", of: object)
        if let task { request.task = EscapedText(task, in: body.bytes) }
        let size =
            body.member("outputDimensionality", of: object)
            ?? body.member("output_dimensionality", of: object)
        if let size, size.kind != .null { request.dimensions = try body.int(size) }
    }
}
