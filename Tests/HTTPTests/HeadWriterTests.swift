// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@Suite struct HeadWriterTests {
    private func written(_ body: (inout ByteWriter) -> Void) -> String {
        var writer = ByteWriter()
        body(&writer)
        return writer.finish().string
    }

    // Macros do not take spans.
    private func isSafe(_ value: Bytes) -> Bool { isSafeFieldValue(value.span) }
    private func isName(_ name: Bytes) -> Bool { isToken(name.span) }

    @Test("a response head")
    func responseHead() {
        let text = written {
            $0.appendStatusLine(429)
            $0.appendField("retry-after", 17)
            $0.appendField("content-type", "text/plain" as StaticString)
            $0.appendField("x-request-id", Bytes("abc"))
            $0.appendHeadEnd()
        }
        #expect(
            text == "HTTP/1.1 429 Too Many Requests\r\nretry-after: 17\r\n"
                + "content-type: text/plain\r\nx-request-id: abc\r\n\r\n")
        #expect(written { $0.appendStatusLine(200) } == "HTTP/1.1 200 OK\r\n")
        #expect(written { $0.appendStatusLine(599) } == "HTTP/1.1 599 \r\n")
    }

    @Test("a request head")
    func requestHead() {
        let text = written { $0.appendRequestLine(.post, target: Bytes("/v1/x?y").span) }
        #expect(text == "POST /v1/x?y HTTP/1.1\r\n")
    }

    @Test("received fields are copied as name, colon, blank, value")
    func receivedFields() throws {
        var parser = HTTP1RequestParser()
        let bytes: Bytes =
            "GET / HTTP/1.1\r\nHost: a\r\nX:b\r\nY:  c \r\nZ: d\t\r\nE: \r\nF:\r\n\r\n"
        guard case .head(let head) = parser.next(bytes.span).event else {
            Issue.record("no head")
            return
        }
        let text = written { writer in
            for index in 0..<head.fields.count { writer.appendField(at: index, of: head.fields) }
        }
        #expect(text == "Host: a\r\nX: b\r\nY: c\r\nZ: d\r\nE: \r\nF: \r\n")
    }

    @Test("chunks read back as they were written", arguments: [1, 15, 16, 255, 4096, 70_000])
    func chunks(count: Int) {
        let data = Bytes([UInt8](repeating: 0x61, count: count))
        var writer = ByteWriter()
        writer.append("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        writer.appendChunk(data.span)
        writer.appendChunk(Bytes().span)
        writer.appendChunkHeader(2)
        writer.append("bc")
        writer.appendChunkEnd()
        writer.appendLastChunk()
        let lines = Transcript.responses(writer.finish()).lines
        #expect(lines.suffix(3) == ["body " + data.string + "bc", "end", "idle"])
    }

    @Test("a value that could end its line is not safe")
    func safeValues() {
        for text in ["", "a b", "a\tb", "\u{E9}", "0123456789abcdef\t"] {
            #expect(isSafe(Bytes(text)))
        }
        for text in ["a\r\nb", "a\nb", "a\rb", "\0", "0123456789\u{7F}", "01234567\u{1}"] {
            #expect(!isSafe(Bytes(text)))
        }
    }

    @Test("tokens of all lengths; every byte that is none is found at every place")
    func tokens() {
        let specials = Set("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8.min...UInt8.max {
            let scalar = Unicode.Scalar(byte)
            let isMember =
                byte < 128
                && (scalar.properties.isAlphabetic
                    || (0x30...0x39).contains(byte) || specials.contains(byte))
            for place in 0..<20 {
                var name = [UInt8](repeating: 0x61, count: 20)
                name[place] = byte
                #expect(isName(Bytes(name)) == isMember)
                #expect(
                    isSafe(Bytes(name))
                        == (byte >= 0x20 && byte != 0x7F || byte == 9))
            }
        }
        #expect(!isName(Bytes()))
    }

    @Test("phrases of common statuses")
    func phrases() {
        #expect("\(StatusReason.phrase(200))" == "OK")
        #expect("\(StatusReason.phrase(404))" == "Not Found")
        #expect("\(StatusReason.phrase(502))" == "Bad Gateway")
        #expect("\(StatusReason.phrase(299))" == "")
    }
}
