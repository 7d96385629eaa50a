// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Where a delta belongs.
struct ResponsesPlace {
    var itemID: EscapedText
    var outputIndex: Int
    /// The place inside the item; nil for calls, which have no parts.
    var inner: Int?
    var isSummary = false
    var hasLogprobs = false
}

/// The item that a stream is writing.
enum ResponsesOpenItem {
    case none
    case message(Message)
    case thought(ThoughtItem)
    /// Calls side by side: some providers mix their arguments.
    case calls([Call])

    struct Message {
        var place: ResponsesPlace
        var isRefusal: Bool
        /// Finished parts, as the elements of a JSON array without its brackets.
        var parts = TextPile()
        var text = TextPile()
        var annotations = TextPile()
        var annotationCount = 0
        /// The probabilities of the text's tokens so far, as `parts`.
        var odds = TextPile()
    }

    struct ThoughtItem {
        var place: ResponsesPlace
        var text = TextPile()
        var signature: EscapedText?
    }

    struct Call {
        var place: ResponsesPlace
        let index: Int
        let id: EscapedText
        let name: EscapedText
        var arguments = TextPile()
    }

    var isThought: Bool { if case .thought = self { true } else { false } }

    mutating func sign(_ text: EscapedText) {
        guard case .thought(var item) = self else { return }
        self = .none
        item.signature = (item.signature ?? EscapedText()) + text
        self = .thought(item)
    }
}

/// Escaped text that grows piece by piece.
struct TextPile: Sendable {
    private var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ piece: Bytes) {
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends an element of a JSON list.
    mutating func append(element: Bytes) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        append(element)
    }

    /// What was piled up, as the inside of a JSON string.
    var text: EscapedText {
        var writer = ByteWriter(capacity: bytes.count + 2)
        writer.append("\"")
        writer.append(bytes.span)
        writer.append("\"")
        return ThoughtSpelling.text(writer.finish()) ?? EscapedText()
    }

    /// What was piled up, as a JSON array.
    var array: Bytes {
        var writer = ByteWriter(capacity: bytes.count + 2)
        writer.append("[")
        writer.append(bytes.span)
        writer.append("]")
        return writer.finish()
    }
}
