// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// Makes heads from text, the way that they come in.
enum HeadMaker {
    static func request(
        _ line: String = "GET / HTTP/1.1", _ fields: [String] = []
    ) throws -> RequestHead {
        var parser = HTTP1RequestParser()
        let lines = [line, "host: a.test"] + fields
        let bytes = Bytes(lines.joined(separator: "\r\n") + "\r\n\r\n")
        guard case .head(let head) = parser.next(bytes.span).event else {
            throw NoHead(text: bytes.string)
        }
        return head
    }

    static func fields(_ fields: [String]) throws -> FieldTable {
        try request(fields.isEmpty ? "GET / HTTP/1.1" : "POST / HTTP/1.1", fields).fields
    }

    static func response(_ status: Int, _ fields: [String]) throws -> ResponseHead {
        var parser = HTTP1ResponseParser()
        parser.begin(method: .post)
        let lines = ["HTTP/1.1 \(status) Fine"] + fields
        let bytes = Bytes(lines.joined(separator: "\r\n") + "\r\n\r\n")
        guard case .head(let head) = parser.next(bytes.span).event else {
            throw NoHead(text: bytes.string)
        }
        return head
    }

    struct NoHead: Error {
        let text: String
    }
}
