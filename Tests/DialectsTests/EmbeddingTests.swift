// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

@Suite struct EmbeddingTests {
    private let target = TargetTraits(model: EscapedText("theirs"))
    private let caller = GoldenFormat.caller(EscapedText("asked-for"))

    private func write(_ request: EmbeddingRequest, _ format: EmbeddingFormat) throws -> GoldenJSON
    {
        var notes = TranslationNotes()
        return GoldenJSON(try format.body(of: request, for: target, notes: &notes))
    }

    @Test(
        "an OpenAI request comes back",
        arguments: [
            #"{"model":"theirs","input":"a\nb"}"#,
            #"{"model":"theirs","input":["a","b"],"dimensions":3,"encoding_format":"base64"}"#,
            #"{"model":"theirs","input":[1,2,3],"user":"u","x":{"y":1}}"#,
            #"{"model":"theirs","input":[[1,2],[3]],"encoding_format":"float"}"#,
        ])
    func ownRequest(text: String) throws {
        let request = try EmbeddingFormat.openAI.request(from: Bytes(text))
        let written = try write(request, .openAI)
        #expect(GoldenJSON(Bytes(text)).difference(from: written) == nil)
    }

    @Test("texts go to every provider", arguments: EmbeddingFormat.allCases)
    func requests(format: EmbeddingFormat) throws {
        let body = Bytes(#"{"model":"m","input":["one"],"dimensions":8}"#)
        let request = try EmbeddingFormat.openAI.request(from: body)
        let written = try write(request, format)
        #expect(written.text.string.contains("one"))
        #expect(written.text.string.contains("8"))
        let again = try format.request(from: written.text)
        #expect(again.inputs == [.text(EscapedText("one"))])
        #expect(again.dimensions == 8)
    }

    @Test("tokens are refused by name where only text is taken")
    func tokens() throws {
        let body = Bytes(#"{"model":"m","input":[[1,2]]}"#)
        let request = try EmbeddingFormat.openAI.request(from: body)
        for format in EmbeddingFormat.allCases where format != .openAI {
            #expect(throws: RequestFault.self) { try write(request, format) }
        }
    }

    @Test("an answer of any provider reaches any caller", arguments: EmbeddingFormat.allCases)
    func answers(source: EmbeddingFormat) throws {
        var answer = EmbeddingAnswer()
        answer.vectors = [.numbers("[0.5,-1.25]")]
        let there = source.body(of: answer, encoding: .float, for: caller)
        let read = try source.answer(from: there)
        for format in EmbeddingFormat.allCases {
            let here = format.body(of: read, encoding: .float, for: caller)
            #expect(try format.answer(from: here).vectors == answer.vectors)
        }
    }

    @Test("floats survive base64 and back, padding included")
    func base64() throws {
        for numbers in ["[0.5]", "[0.5,-1.25]", "[0.1,3e-05,-7.0]", "[]"] as [StaticString] {
            let list = Bytes(numbers.description)
            var answer = EmbeddingAnswer()
            answer.vectors = [.numbers(list)]
            let packed = EmbeddingFormat.openAI.body(of: answer, encoding: .base64, for: caller)
            let read = try EmbeddingFormat.openAI.answer(from: packed)
            let plain = EmbeddingFormat.openAI.body(of: read, encoding: .float, for: caller)
            guard
                case .numbers(let again)? = try EmbeddingFormat.openAI.answer(from: plain)
                    .vectors.first
            else {
                Issue.record("no numbers")
                continue
            }
            #expect(GoldenJSON(list).difference(from: GoldenJSON(again)) == nil)
        }
        var one = EmbeddingAnswer()
        one.vectors = [.numbers("[1.0]")]
        let text = EmbeddingFormat.openAI.body(of: one, encoding: .base64, for: caller)
        #expect(text.string.contains("\"AACAPw==\""))
    }
}
