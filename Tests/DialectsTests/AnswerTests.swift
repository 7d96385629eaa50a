// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

@Suite struct AnswerTests {
    @Test(
        "recorded answers are read as Foundation reads them",
        arguments: Recording.all.filter { !$0.isStream })
    func recorded(recording: Recording) {
        let facts = AnswerFacts(recording.response)
        guard let object = foundationObject(recording.response) else { return }
        let expected = (object["usage"] as? [String: Any]).map(StreamOracle.usage)
        #expect(facts.usage == expected)
        #expect(facts.model?.string == object["model"] as? String)
        #expect(facts.isError == (object["error"] != nil))
    }

    @Test("anything may stand where an answer is expected")
    func nonsense() {
        for text in [
            "", "<html>", "[]", "null", "{", "{\"usage\":", "{\"usage\":5}", "{\"usage\":[]}",
        ] {
            #expect(AnswerFacts(Bytes(text)) == AnswerFacts(Bytes()))
        }
    }

    @Test(
        "usage in each provider's words",
        arguments: [
            (
                #"{"prompt_tokens":10,"completion_tokens":5,"prompt_cache_hit_tokens":4}"#,
                10, 5, 4
            ),
            (
                #"{"prompt_cache_hit_tokens":4,"prompt_tokens_details":{"cached_tokens":3}}"#,
                0, 0, 3
            ),
            (
                #"{"output_tokens":1e1,"input_tokens_details":{"cached_tokens":1}}"#,
                0, 10, 1
            ),
            (#"{"prompt_tokens":8,"num_cached_tokens":0}"#, 8, 0, 0),
            (
                #"{"prompt_tokens":-8,"completion_tokens":"5","prompt_tokens_details":null}"#, 0, 0,
                nil
            ),
            (#"{"prompt_tokens":1e300,"x":{"prompt_tokens":9}}"#, 0, 0, nil),
        ] as [(String, Int, Int, Int?)])
    func usages(object: String, input: Int, output: Int, cached: Int?) {
        let usage = AnswerFacts(Bytes("{\"id\":\"x\",\"usage\":\(object)}")).usage
        #expect(usage?.inputTokens == input)
        #expect(usage?.outputTokens == output)
        #expect(usage?.cachedInputTokens == cached)
    }

    @Test("tokens that only the total knows are billed as output")
    func hiddenThoughts() {
        var usage = Usage(inputTokens: 35, outputTokens: 12)
        #expect(usage.billedOutputTokens == 12)
        usage.totalTokens = 109
        #expect(usage.billedOutputTokens == 74)
        usage.totalTokens = 40
        #expect(usage.billedOutputTokens == 12)
    }
}
