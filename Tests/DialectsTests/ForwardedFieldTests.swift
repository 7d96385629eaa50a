// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON
import Testing

/// Fields that a target does not know, sent on all the same.
@Suite struct ForwardedFieldTests {
    private func turned(
        _ body: Bytes, from source: WireFormat = .chatCompletions, to target: WireFormat
    ) throws -> (body: Bytes, dropped: [Bytes]) {
        let request = try Translator.request(body, in: source)
        var traits = TargetTraits(model: EscapedText("theirs"))
        traits.unknownFields = .forward
        var notes = TranslationNotes()
        let written = try Translator.body(of: request, in: target, for: traits, notes: &notes)
        _ = try JSONScanner.validate(written.span)
        return (written, notes.dropped)
    }

    @Test("fields of a message that joins a turn are named as dropped")
    func messageFields() throws {
        let body: Bytes = #"""
            {"model":"m","messages":[{"role":"user","content":"a","colour":"red"},
            {"role":"user","content":"b"}]}
            """#
        for target in [WireFormat.messages, .generateContent] {
            #expect(try turned(body, to: target).dropped == ["messages[0].colour"])
        }
    }

    @Test("a message that becomes nothing loses its fields by name")
    func emptyMessage() throws {
        let body: Bytes = #"{"model":"m","messages":[{"role":"user","tent":"a"}]}"#
        for target in [WireFormat.messages, .generateContent] {
            #expect(try turned(body, to: target).dropped == ["messages[0].tent"])
        }
    }

    @Test("a tool's fields go into the tool")
    func toolFields() throws {
        let body: Bytes = #"""
            {"model":"m","messages":[{"role":"user","content":"a"}],
            "tools":[{"type":"function","function":{"name":"f"},"colour":"red"}]}
            """#
        let written = try turned(body, to: .generateContent).body
        #expect(written.string.contains(#"{"name":"f","colour":"red"}"#))
    }

    @Test("a field that is there under the same name is not written twice")
    func sameName() throws {
        let body: Bytes = #"""
            {"model":"m","system":"b","messages":[{"role":"system","content":"a"},
            {"role":"user","content":"a"}]}
            """#
        #expect(try turned(body, to: .messages).dropped == ["system"])
    }

    @Test("thoughts side by side become one")
    func thoughts() throws {
        let body: Bytes = #"""
            {"model":"m","input":[
            {"type":"reasoning","id":"a","summary":[{"type":"summary_text","text":"x"}]},
            {"type":"reasoning","id":"b","summary":[{"type":"summary_text","text":"y"}]},
            {"type":"message","role":"assistant","content":"z"}]}
            """#
        let written = try turned(body, from: .responses, to: .chatCompletions).body
        #expect(written.string.contains(#""reasoning_content":"xy""#))
    }
}
