// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

/// Gemini's stored contents are part of the prompt.
@Suite struct CachedContentTests {
    @Test("they go to Gemini alone", arguments: ["cachedContent", "cached_content"])
    func named(name: String) throws {
        let body: Bytes = Bytes(
            "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"hi\"}]}],"
                + "\"\(name)\":\"cachedContents/c\"}")
        let chat = try Translator.request(body, in: .generateContent)
        try chat.demandExpressible(in: .generateContent)
        for format in WireFormat.allCases where format != .generateContent {
            do throws(RequestFault) {
                try chat.demandExpressible(in: format)
                Issue.record("\(format.label) takes them")
            } catch {
                #expect(error.param?.string == name)
                #expect(error.message.string.contains("part of the prompt"))
            }
        }
    }

    @Test("null names none")
    func null() throws {
        let chat = try Translator.request(
            "{\"contents\":[],\"cachedContent\":null}", in: .generateContent)
        try chat.demandExpressible(in: .messages)
    }
}
