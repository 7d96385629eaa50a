// SPDX-License-Identifier: Apache-2.0
public import Core

/// Counts and encodes text in one of OpenAI's byte-pair encodings.
///
/// Special tokens such as `<|endoftext|>` are plain text here, as they are in what users write.
/// A vocabulary is unpacked when it is first asked for and then stays: 5 MB for o200k, 3 MB for
/// cl100k. Bytes that are no UTF-8 are encoded as they are.
public final class Tokenizer: Sendable {
    public static let cl100k = Tokenizer(.cl100k)
    public static let o200k = Tokenizer(.o200k)

    public let encoding: TokenEncoding
    private let vocabulary: Vocabulary

    private init(_ encoding: TokenEncoding) {
        self.encoding = encoding
        vocabulary = Vocabulary(encoding == .cl100k ? Resource.cl100k : Resource.o200k)
    }

    /// The shared tokenizer of an encoding; the first call for each unpacks it.
    public static func shared(_ encoding: TokenEncoding) -> Tokenizer {
        encoding == .cl100k ? cl100k : o200k
    }

    /// How many tokens a text has; takes O(n log n) time and 2 MB at most, whatever the text.
    public func count(_ text: Span<UInt8>) -> Int {
        var pieces = PieceSplitter(text, encoding)
        var merger = PieceMerger()
        var count = 0
        while let piece = pieces.next() {
            if piece.count == 1 || vocabulary.id(text, piece) != Vocabulary.none {
                count &+= 1
            } else {
                merger.merge(text, piece, vocabulary)
                count &+= merger.boundaries.count &- 1
            }
        }
        return count
    }

    /// The ids of a text's tokens.
    public func encode(_ text: Span<UInt8>) -> [UInt32] {
        var pieces = PieceSplitter(text, encoding)
        var merger = PieceMerger()
        var ids: [UInt32] = []
        while let piece = pieces.next() {
            let id = vocabulary.id(text, piece)
            if id != Vocabulary.none {
                ids.append(id)
                continue
            }
            merger.merge(text, piece, vocabulary)
            for index in 1..<merger.boundaries.count {
                let range = merger.boundaries[index - 1]..<merger.boundaries[index]
                ids.append(vocabulary.id(text, range))
            }
        }
        return ids
    }

    /// The text of some tokens; nil if one of the ids is none.
    public func decode(_ ids: [UInt32]) -> Bytes? {
        var text = ByteWriter(capacity: 4 * ids.count)
        for id in ids {
            guard vocabulary.append(id, to: &text) else { return nil }
        }
        return text.finish()
    }
}
