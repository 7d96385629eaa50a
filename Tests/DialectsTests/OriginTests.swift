// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Testing

@testable import Dialects

/// Proofs and sealed thoughts over several turns: only who made them gets them back.
@Suite struct OriginTests {
    private static let formats: [WireFormat] = [
        .chatCompletions, .responses, .messages, .generateContent,
    ]

    /// Text, a signed thought and a call, as each format's own provider answers.
    private static func answer(_ format: WireFormat) -> Bytes {
        switch format {
        case .messages:
            #"""
            {"id":"a","type":"message","role":"assistant","model":"m","content":[
            {"type":"thinking","thinking":"hm","signature":"c2ln/A=="},
            {"type":"text","text":"ok"}],"stop_reason":"end_turn","stop_sequence":null,
            "usage":{"input_tokens":1,"output_tokens":1}}
            """#
        case .responses:
            #"""
            {"id":"a","object":"response","model":"m","status":"completed","output":[
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],
            "encrypted_content":"c2ln/A=="},
            {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[
            {"type":"output_text","text":"ok","annotations":[]}]}]}
            """#
        case .generateContent:
            #"""
            {"candidates":[{"index":0,"content":{"role":"model","parts":[
            {"text":"hm","thought":true,"thoughtSignature":"c2ln/A=="},{"text":"ok"}]},
            "finishReason":"STOP"}]}
            """#
        default:
            #"""
            {"id":"a","object":"chat.completion","model":"m","choices":[{"index":0,"message":{
            "role":"assistant","content":"ok","reasoning":"hm","reasoning_details":[
            {"type":"reasoning.text","text":"hm","signature":"c2ln/A==","index":0}]},
            "finish_reason":"stop"}]}
            """#
        }
    }

    /// The second turn of a caller who has got `answer` and sends it back.
    private static func turn(_ format: WireFormat, _ answer: Bytes) throws -> Bytes {
        let root = GoldenJSON(answer)
        func raw(_ value: GoldenJSON?) throws -> String { try #require(value).text.string }
        let text =
            switch format {
            case .messages:
                #"{"model":"m","max_tokens":99,"messages":[{"role":"user","content":"a"},"#
                    + #"{"role":"assistant","content":\#(try raw(root["content"]))},"#
                    + #"{"role":"user","content":"b"}]}"#
            case .responses:
                #"{"model":"m","input":[{"role":"user","content":"a"},"#
                    + #"\#(try raw(root["output"]).dropFirst().dropLast()),"#
                    + #"{"role":"user","content":"b"}]}"#
            case .generateContent:
                #"{"contents":[{"role":"user","parts":[{"text":"a"}]},"#
                    + #"\#(try raw(root["candidates"]?.elements.first?["content"])),"#
                    + #"{"role":"user","parts":[{"text":"b"}]}]}"#
            default:
                #"{"model":"m","messages":[{"role":"user","content":"a"},"#
                    + #"\#(try raw(root["choices"]?.elements.first?["message"])),"#
                    + #"{"role":"user","content":"b"}]}"#
            }
        return Bytes(text)
    }

    private static func proof(in body: Bytes) -> Bool {
        let text = body.string
        return text.contains(#""c2ln/A==""#) || text.contains(#""c2ln\/A==""#)
    }

    private static let pairs = formats.flatMap { provider in
        formats.filter { $0 != provider }.map { (provider, $0) }
    }

    @Test("a proof goes back to its maker as it was, and to nobody else", arguments: pairs)
    func turns(provider: WireFormat, caller: WireFormat) throws {
        let answer = try Translator.answer(Self.answer(provider), in: provider)
        var traits = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x")
        traits.provider = provider
        let written = Translator.body(of: answer, in: caller, for: traits)
        #expect(!Self.proof(in: written), "bare: \(written.string)")
        let body = try Self.turn(caller, written)
        let request = try Translator.request(body, in: caller)
        for target in Self.formats where target != caller {
            var notes = TranslationNotes()
            let next = try Translator.body(
                of: request, in: target, for: TargetTraits(model: EscapedText("m")), notes: &notes)
            #expect(
                Self.proof(in: next) == (target == provider), "\(target): \(next.string)")
            #expect(notes.dropped.isEmpty == (target == provider), "\(target): \(notes.dropped)")
            #expect(!next.string.contains("apus-proof"))
        }
        // Passed on in the caller's own format.
        let proofs = try #require(ForeignProofs(in: body, caller))
        #expect(throws: Never.self) { try JSONScanner.validate(proofs.body.span) }
        #expect(!proofs.body.string.contains("apus-proof"))
        #expect(!proofs.body.string.contains("YXB1cy1wcm9vZjo6"))
        #expect(proofs.body.string.contains(#""ok""#))
        #expect(proofs.notes.dropped.count == 1)
        #expect(ForeignProofs(in: proofs.body, caller) == nil)
    }

    @Test("a stream marks what a whole answer marks", arguments: pairs)
    func streams(provider: WireFormat, caller: WireFormat) throws {
        let answer = try Translator.answer(Self.answer(provider), in: provider)
        var traits = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x")
        traits.provider = provider
        let translator = StreamTranslator.make(from: provider, to: caller, for: traits)
        var writer = ByteWriter()
        translator.write(answer, to: &writer)
        let text = writer.finish()
        #expect(!Self.proof(in: text))
        let mark = caller == .generateContent ? "YXB1cy1wcm9vZjo6" : "apus-proof::"
        #expect(text.string.contains(mark))
    }

    @Test(
        "an answer's own proofs are not marked in its own format, nor cut", arguments: formats)
    func own(format: WireFormat) throws {
        let answer = try Translator.answer(Self.answer(format), in: format)
        let traits = CallerTraits(model: EscapedText("m"), now: 0, exchangeID: "x")
        let written = Translator.body(of: answer, in: format, for: traits)
        #expect(Self.proof(in: written))
        #expect(try ForeignProofs(in: Self.turn(format, written), format) == nil)
    }

    @Test("elements are cut with their commas, wherever they stand")
    func cuts() {
        let marked = #"{"type":"thinking","thinking":"","signature":"apus-proof::responses+:x"}"#
        for (list, rest) in [
            ("[M]", "[]"), ("[M,1]", "[1]"), ("[1 , M]", "[1]"), ("[1, M ,2]", "[1 ,2]"),
            ("[ M, M ,1, M]", "[1]"), ("[M,M]", "[]"), ("[[1,M],M,[M]]", "[[1],[]]"),
        ] {
            let body = Bytes(" {\"messages\":\(list.replacing("M", with: marked))} ")
            let found = ForeignProofs(in: body, .messages)
            #expect(found?.body.string == " {\"messages\":\(rest)} ", "\(list)")
        }
    }

    @Test("what only looks like a mark is left alone")
    func lookalikes() {
        for text in [
            #"{"messages":[{"content":"apus-proof::messages:x"}]}"#,
            #"{"messages":[{"signature":"apus-proof::nobody:x"}]}"#,
            #"{"messages":[{"signature":"apus-proof::"}]}"#,
            #"{"messages":[{"signature":"x apus-proof::messages:x"}]}"#,
            #"{"signature":"apus-proof::messages:x"}"#,
        ] {
            #expect(ForeignProofs(in: Bytes(text), .messages) == nil, "\(text)")
        }
    }
}
