// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import JSON

/// A streamed answer whose events are made beforehand, for the dialects whose speed is no matter.
struct PieceStream {
    private var pieces: [StreamPiece]
    private var index = 0

    init(_ pieces: [StreamPiece]) { self.pieces = pieces }

    /// Appends the next event; false when there is none left. `stamp` replaces its words if given.
    mutating func next(into writer: inout ByteWriter, stamp: Int64?) -> Bool {
        guard index < pieces.count else { return false }
        let piece = pieces[index]
        index += 1
        writer.append(piece.before)
        guard let word = piece.word else { return true }
        if let stamp {
            writer.append("\" ")
            writer.append(decimal: stamp)
            writer.append("\"")
        } else {
            writer.append(jsonString: word.span)
        }
        writer.append(piece.after)
        return true
    }
}

/// One event of a stream with its framing, and the words in it that a time may replace.
struct StreamPiece {
    let before: Bytes
    let word: Bytes?
    let after: Bytes

    init(_ event: Bytes) {
        before = event
        word = nil
        after = Bytes()
    }

    /// An event with `PieceTemplate.word` in the place of its words.
    init(_ template: PieceTemplate, word: Bytes) {
        before = template.before
        self.word = word
        after = template.after
    }
}

/// An event cut in two where its words belong, so that it need not be written for each of them.
struct PieceTemplate {
    /// Stands for the words in the event that the template is made of.
    static let word: JSONTree = "@@word@@"

    let before: Bytes
    let after: Bytes

    init(_ event: Bytes) {
        let mark = Self.word.bytes()
        var start = 0
        while start + mark.count < event.count,
            event[start..<start + mark.count] != mark
        {
            start += 1
        }
        before = event[0..<start]
        after = event.dropFirst(start + mark.count)
    }

    /// One event for each word of a text.
    func pieces(of text: Bytes) -> [StreamPiece] {
        WordPieces.all(of: text).map { StreamPiece(self, word: $0) }
    }
}

extension WordPieces {
    /// The pieces of a text one by one.
    static func all(of text: Bytes) -> [Bytes] {
        var pieces: [Bytes] = []
        var position = 0
        while position < text.count {
            let next = end(in: text.span, from: position)
            pieces.append(text[position..<next])
            position = next
        }
        return pieces
    }
}
