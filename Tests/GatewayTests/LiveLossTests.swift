// SPDX-License-Identifier: Apache-2.0
import Core
import Testing
import Upstreams

@testable import Gateway

/// What answers lose on their way into another format, and what other providers' proofs become.
@Suite struct LiveLossTests {
    private let upstream: ScriptedUpstream

    init() throws { upstream = try ScriptedUpstream() }

    private func ask(
        _ kind: UpstreamKind, _ path: String, _ body: String, _ answer: String
    ) throws -> (asked: RawMessage, answer: RawMessage) {
        let gateway = try GatewayUnderTest([upstream]) { $0.become(kind, model: "real") }
        let client = try gateway.connect()
        client.send(post(path, body))
        let peer = try upstream.accept()
        let asked = peer.receiveMessage()
        peer.answer(200, answer)
        return (asked, client.receiveMessage())
    }

    @Test("what a whole answer loses is named in its head, beside what the request lost")
    func whole() throws {
        let (_, answer) = try ask(
            .openai, "/v1/messages",
            #"{"model":"m","max_tokens":9,"top_k":3,"messages":[{"role":"user","content":"a"}]}"#,
            #"{"id":"a","choices":[{"index":0,"message":{"content":"x","annotations":["#
                + #"{"type":"file_citation","file_citation":{"file_id":"f"}}]},"#
                + #""logprobs":{"content":[]},"finish_reason":"stop"},"#
                + #"{"index":1,"message":{"content":"y"}}],"provider":"p"}"#)
        #expect(answer.status == 200)
        let told =
            "top_k, answer.provider, answer.logprobs, answer.citations, answer.choices"
        #expect(answer["x-apus-dropped"] == told)
    }

    @Test("another provider's signed thought is not passed on, and that is told")
    func proofs() throws {
        let body =
            #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},"#
            + #"{"role":"assistant","content":[THOUGHT{"type":"text","text":"ok"}]},"#
            + #"{"role":"user","content":"b"}]}"#
        let thought =
            #"{"type":"thinking","thinking":"hm","signature":"apus-proof::generate_content:x"},"#
        let (asked, answer) = try ask(
            .anthropic, "/v1/messages", body.replacing("THOUGHT", with: thought),
            #"{"type":"message","content":[]}"#)
        #expect(
            asked.text
                == body.replacing("THOUGHT", with: "").replacing("\"m\"", with: "\"real\""))
        #expect(answer["x-apus-dropped"] == "messages[1].content[0]")
        let (own, plain) = try ask(
            .anthropic, "/v1/messages",
            body.replacing("THOUGHT", with: thought.replacing("apus-proof::", with: "")),
            #"{"type":"message","content":[]}"#)
        #expect(own.text.contains("\"generate_content:x\""))
        #expect(plain["x-apus-dropped"] == nil)
    }
}
