// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation
import Testing

@Suite struct UpstreamBodyTests {
    static let messages = #""messages":[{"role":"user","content":"model"}]"#

    private func edited(
        _ body: String, model: Bytes? = nil, includeUsage: Bool = true
    ) throws -> String {
        let request = try InferenceRequest(body: Bytes(body), operation: .chatCompletions)
        let pieces = request.upstreamBody(model: model, includeUsage: includeUsage)
        let joined = pieces.joined()
        #expect(joined.count == pieces.byteCount)
        #expect((0..<pieces.count).map { pieces[$0].string }.joined() == joined.string)
        return joined.string
    }

    @Test(
        "asking for usage changes only what it must",
        arguments: [
            ("}", #","stream_options":{"include_usage":true}}"#),
            (" \n}\n", " \n,\"stream_options\":{\"include_usage\":true}}\n"),
            (#","stream_options":null}"#, #","stream_options":{"include_usage":true}}"#),
            (#","stream_options":{}}"#, #","stream_options":{"include_usage":true}}"#),
            (#","stream_options":{ "x":1}}"#, #","stream_options":{"include_usage":true, "x":1}}"#),
            (
                #","stream_options":{"include_usage":false,"x":1}}"#,
                #","stream_options":{"include_usage":true,"x":1}}"#
            ),
            (
                #","stream_options":{"include_usage":null}}"#,
                #","stream_options":{"include_usage":true}}"#
            ),
            (
                #","stream_options":{"include\u005fusage":false}}"#,
                #","stream_options":{"include\u005fusage":true}}"#
            ),
            (
                #","stream_options":{"include_usage":true}}"#,
                #","stream_options":{"include_usage":true}}"#
            ),
        ])
    func usage(tail: String, expected: String) throws {
        for head in [
            "{\"model\":\"m\",\"stream\":true,\(Self.messages)",
            "{\(Self.messages),\"stream\":true,\"model\":\"m\"",
        ] {
            #expect(try edited(head + tail) == head + expected)
            #expect(try edited(head + tail, includeUsage: false) == head + tail)
        }
    }

    @Test("usage is not asked for where nothing streams")
    func notStreaming() throws {
        let body = "{\"model\":\"m\",\(Self.messages)}"
        #expect(try edited(body) == body)
        let off = "{\"model\":\"m\",\"stream\":false,\(Self.messages),\"stream_options\":null}"
        #expect(try edited(off) == off)
    }

    @Test("a new model stands in the place of the old, escaped")
    func rename() throws {
        #expect(
            try edited("{\"model\" : \"m\" ,\(Self.messages)}", model: "a\"b")
                == "{\"model\" : \"a\\\"b\" ,\(Self.messages)}")
        #expect(
            try edited("{\"model\":\"\\u006d\",\(Self.messages)}", model: "m")
                == "{\"model\":\"\\u006d\",\(Self.messages)}")
    }

    @Test("both edits, whichever comes first")
    func both() throws {
        let options = #""stream_options":{"include_usage":false}"#
        let wanted = #""stream_options":{"include_usage":true}"#
        #expect(
            try edited(
                "{\(options),\"model\":\"m\",\(Self.messages),\"stream\":true}", model: "longer")
                == "{\(wanted),\"model\":\"longer\",\(Self.messages),\"stream\":true}")
        #expect(
            try edited(
                "{\"model\":\"m\",\(options),\(Self.messages),\"stream\":true}", model: "longer")
                == "{\"model\":\"longer\",\(wanted),\(Self.messages),\"stream\":true}")
    }

    @Test(
        "in every recorded request an edit is what it says, and all else is the same",
        arguments: Recording.all)
    func recorded(recording: Recording) throws {
        guard var object = foundationObject(recording.request), object["model"] is String else {
            return
        }
        for isStreaming in [true, false] {
            // The same request with its stream flag put in front, so that both cases occur often.
            var text = recording.request.string
            if object["stream"] == nil { text = "{\"stream\":\(isStreaming)," + text.dropFirst() }
            let body = Bytes(text)
            object = try #require(foundationObject(body))
            let request = try InferenceRequest(body: body, operation: recording.operation)
            let plain = request.upstreamBody()
            #expect(plain.count == 1 && plain.joined() == body)
            let pieces = request.upstreamBody(model: "another/model", includeUsage: true)
            var expected = object
            expected["model"] = "another/model"
            if request.isStreaming {
                var options = object["stream_options"] as? [String: Any] ?? [:]
                options["include_usage"] = true
                expected["stream_options"] = options
            }
            let read = try #require(foundationObject(pieces.joined()))
            #expect(NSDictionary(dictionary: read) == NSDictionary(dictionary: expected))
            #expect(pieces.joined().count - body.count <= 13 + 46)
        }
    }
}
