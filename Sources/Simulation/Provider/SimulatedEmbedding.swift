// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// The answer to an embeddings request: unit vectors that depend on the words and on nothing else.
///
/// Each word has a fixed random direction and a text is the sum of its words, so that texts with
/// many words in common lie close together.
struct SimulatedEmbedding {
    private static let maximumInputs = 2048

    let model: Bytes
    let isBase64: Bool
    private let dimensions: Int
    private var inputs: [Bytes] = []

    init(_ tree: JSONTree) throws(ProviderRefusal) {
        guard case .object = tree else { throw .malformed }
        guard let model = tree["model"]?.string else { throw .missingModel }
        self.model = model
        isBase64 = tree["encoding_format"]?.equals("base64") ?? false
        let isLarge = model == "text-embedding-3-large"
        dimensions = tree["dimensions"]?.int ?? (isLarge ? 3072 : 1536)
        guard dimensions >= 1, dimensions <= 8192 else {
            throw .invalid("dimensions", "a number from 1 to 8192")
        }
        guard let input = tree["input"] else { throw .missing("input") }
        inputs = Self.texts(of: input)
        guard !inputs.isEmpty, inputs.count <= Self.maximumInputs else {
            throw .invalid("input", "a string, an array of strings or of token ids")
        }
    }

    /// One text per input; token ids count as words.
    private static func texts(of input: JSONTree) -> [Bytes] {
        if let text = input.string { return text.isEmpty ? [] : [text] }
        if case .number? = input.elements.first { return [words(of: input.elements)] }
        return input.elements.compactMap { element in
            if let text = element.string { return text }
            guard case .array(let ids) = element else { return nil }
            return words(of: ids)
        }
    }

    private static func words(of ids: [JSONTree]) -> Bytes {
        var writer = ByteWriter()
        for case .number(let digits) in ids {
            writer.append(digits)
            writer.append(UInt8(ascii: " "))
        }
        return writer.finish()
    }

    func body() -> Bytes {
        var writer = ByteWriter(capacity: 512 + inputs.count * dimensions * (isBase64 ? 6 : 26))
        writer.append("{\n  \"object\": \"list\",\n  \"data\": [")
        var tokens = 0
        for (index, text) in inputs.enumerated() {
            tokens += WordPieces.count(text.span)
            writer.append(index == 0 ? "\n" as StaticString : ",\n")
            writer.append("    {\n      \"object\": \"embedding\",\n      \"index\": ")
            writer.append(decimal: index)
            writer.append(",\n      \"embedding\": ")
            append(Self.vector(of: text, dimensions: dimensions), to: &writer)
            writer.append("\n    }")
        }
        writer.append("\n  ],\n  \"model\": ")
        writer.append(jsonString: model.span)
        writer.append(",\n  \"usage\": {\n    \"prompt_tokens\": ")
        writer.append(decimal: tokens)
        writer.append(",\n    \"total_tokens\": ")
        writer.append(decimal: tokens)
        writer.append("\n  }\n}\n")
        return writer.finish()
    }

    /// A vector of length one.
    static func vector(of text: Bytes, dimensions: Int) -> [Float] {
        var sum = [Float](repeating: 0, count: dimensions)
        for word in text.string.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber })
        {
            var random = SeededGenerator(seed: hash(word))
            for index in sum.indices { sum[index] += Float(random.unitInterval()) - 0.5 }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // A text without words has no direction of its own.
        guard length > 0 else { return [1] + [Float](repeating: 0, count: dimensions - 1) }
        return sum.map { $0 / length }
    }

    /// FNV-1a, 64 bits.
    private static func hash(_ word: Substring) -> UInt64 {
        word.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private func append(_ vector: [Float], to writer: inout ByteWriter) {
        guard !isBase64 else { return Self.append(base64: vector, to: &writer) }
        writer.append("[")
        for (index, value) in vector.enumerated() {
            writer.append(index == 0 ? "\n        " as StaticString : ",\n        ")
            writer.append(value.description)
        }
        writer.append("\n      ]")
    }

    /// Little-endian floats in base64 (RFC 4648 section 4).
    private static func append(base64 vector: [Float], to writer: inout ByteWriter) {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bits: UInt32 = 0
        var held = 0
        writer.append(UInt8(ascii: "\""))
        for value in vector {
            for shift in [UInt32(0), 8, 16, 24] {
                bits = bits << 8 | (value.bitPattern >> shift) & 0xFF
                held += 8
                while held >= 6 {
                    held -= 6
                    writer.append(alphabet[Int(bits >> UInt32(held)) & 63])
                }
            }
        }
        if held > 0 { writer.append(alphabet[Int(bits << UInt32(6 - held)) & 63]) }
        for _ in 0..<(3 - vector.count * 4 % 3) % 3 { writer.append(UInt8(ascii: "=")) }
        writer.append(UInt8(ascii: "\""))
    }
}
