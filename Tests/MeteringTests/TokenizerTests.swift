// SPDX-License-Identifier: Apache-2.0
import Core
import Metering
import Testing

@Suite struct TokenizerTests {
    @Test("every golden row has tiktoken's count and ids")
    func golden() throws {
        let rows = try GoldenRow.all()
        #expect(rows.count == 300)
        for row in rows {
            let text = Bytes(row.text)
            #expect(Tokenizer.cl100k.count(text.span) == row.cl100kCount, "row \(row.id)")
            #expect(Tokenizer.o200k.count(text.span) == row.o200kCount, "row \(row.id)")
            #expect(Tokenizer.o200k.decode(Tokenizer.o200k.encode(text.span)) == text)
            if let ids = row.cl100kIDs { #expect(Tokenizer.cl100k.encode(text.span) == ids) }
            if let ids = row.o200kIDs { #expect(Tokenizer.o200k.encode(text.span) == ids) }
        }
    }

    /// A long piece with few breaks; what a tokenizer without a bound would choke on.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let piece: String
        let repeats: Int
        let cl100k: Int
        let o200k: Int
        var testDescription: String { "\(repeats) x \(piece.debugDescription)" }
    }

    /// tiktoken's counts; it overflows its own stack at a million spaces.
    @Test(
        "long runs are counted as tiktoken counts them",
        arguments: [
            Hostile(piece: "a", repeats: 80_000, cl100k: 10_000, o200k: 10_000),
            Hostile(piece: "中", repeats: 30_000, cl100k: 30_000, o200k: 30_000),
            Hostile(piece: "aA", repeats: 40_000, cl100k: 80_000, o200k: 40_001),
            Hostile(piece: "=", repeats: 80_000, cl100k: 1_250, o200k: 1_250),
            Hostile(piece: " ", repeats: 80_000, cl100k: 625, o200k: 625),
        ])
    func hostile(_ row: Hostile) {
        let text = Bytes(String(repeating: row.piece, count: row.repeats))
        #expect(Tokenizer.cl100k.count(text.span) == row.cl100k)
        #expect(Tokenizer.o200k.count(text.span) == row.o200k)
    }

    @Test("a piece of several windows is encoded as its parts are")
    func windows() {
        // One word for the splitter, of letters from Knuth's generator; the counts are tiktoken's.
        var word: UInt64 = 11
        let letters = (0..<150_000).map { _ in
            word = word &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(97 + (word >> 33) % 26)
        }
        let text = Bytes(letters)
        #expect(Tokenizer.o200k.count(text.span) == 77_865)
        #expect(Tokenizer.cl100k.encode(text.span).count == 81_090)
    }

    @Test("bytes that are no UTF-8 are tokens too, and each is counted once")
    func invalid() {
        #expect(Tokenizer.o200k.encode(Bytes([0xFF]).span).count == 1)
        var generator = SeededGenerator(seed: 12)
        for _ in 0..<200 {
            let noise = Bytes((0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) })
            let ids = Tokenizer.cl100k.encode(noise.span)
            #expect(ids.count == Tokenizer.cl100k.count(noise.span))
            #expect(Tokenizer.cl100k.decode(ids) == noise)
        }
        #expect(Tokenizer.o200k.count(Bytes().span) == 0)
        #expect(Tokenizer.o200k.decode([199_998]) == nil)
    }

    @Test(
        "a model's name tells its encoding",
        arguments: [
            ("gpt-4o-mini-2024-07-18", TokenEncoding.o200k), ("gpt-4.1", .o200k),
            ("openai/gpt-5.4-mini", .o200k), ("gpt-6-sol", .o200k), ("o3-mini", .o200k),
            ("ft:gpt-4o-mini-2024-07-18:org::id", .o200k), ("gpt-oss-120b", .o200k),
            ("gpt-4-0613", .cl100k), ("gpt-4-turbo", .cl100k), ("gpt-3.5-turbo", .cl100k),
            ("ft:gpt-3.5-turbo:org", .cl100k), ("text-embedding-3-small", .cl100k),
            ("claude-opus-5", nil), ("gemini-2.5-pro", nil), ("mistral-large-latest", nil),
            ("olmo-2", nil), ("", nil),
        ])
    func models(_ model: String, _ encoding: TokenEncoding?) {
        #expect(TokenEncoding(model: model) == encoding)
    }

    @Test("an estimate says whether the model's own tokenizer made it")
    func estimates() {
        let text = Bytes("The gateway forwards each request to the cheapest healthy provider.")
        let own = TokenEstimate(of: text.span, model: "gpt-4o")
        #expect(own.tokens == 11 && own.isOwnTokenizer)
        let foreign = TokenEstimate(of: text.span, model: "claude-opus-5")
        #expect(foreign.tokens == 11 && !foreign.isOwnTokenizer)
        #expect(TokenEstimate(byteCount: 9).tokens == 3)
    }
}
