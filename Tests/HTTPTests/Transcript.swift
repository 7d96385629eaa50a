// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

/// What a parser said about some bytes, as text that two runs can be compared by.
struct Transcript: Equatable, CustomStringConvertible {
    var lines: [String] = []

    var description: String { lines.joined(separator: "\n") }

    var faults: [String] { lines.filter { $0.hasPrefix("failure ") } }

    var fault: String? { faults.first.map { String($0.dropFirst("failure ".count)) } }

    var ends: Int { lines.count { $0 == "end" } }

    mutating func addBody(_ bytes: Span<UInt8>) {
        let text = Bytes(copying: bytes).span.hex
        if let last = lines.last, last.hasPrefix("body ") {
            lines[lines.count - 1] = last + text
        } else {
            lines.append("body " + text)
        }
    }

    mutating func add(_ fields: FieldTable) {
        for (name, value) in fields { lines.append("  \(name.span.hex): \(value.span.hex)") }
    }
}

extension Span where Element == UInt8 {
    /// Visible ASCII as it is, all else as hexadecimal: exact, and still legible.
    var hex: String {
        var text = ""
        for index in indices {
            let byte = self[index]
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\" + String(byte, radix: 16)
            }
        }
        return text
    }
}

extension Transcript {
    /// Feeds a request parser pieces that end at `cuts` and at the end.
    static func requests(
        _ bytes: Bytes, cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()
    ) -> Transcript {
        var transcript = Transcript()
        var parser = HTTP1RequestParser(limits: limits)
        var start = 0
        for end in cuts + [bytes.count] {
            guard transcript.feed(&parser, bytes.span.extracting(start..<end)) else { break }
            start = end
        }
        return transcript
    }

    /// False when the parser failed.
    mutating func feed(_ parser: inout HTTP1RequestParser, _ piece: Span<UInt8>) -> Bool {
        var offset = 0
        while true {
            let rest = piece.extracting(offset..<piece.count)
            let (consumed, event) = parser.next(rest)
            #expect(consumed >= 0 && consumed <= rest.count)
            offset += consumed
            switch event {
            case .needMore:
                #expect(offset == piece.count)
                return true
            case .head(let head):
                add(head)
            case .body(let range):
                #expect(!range.isEmpty && range.upperBound <= consumed)
                addBody(rest.extracting(range))
            case .end:
                if let trailers = parser.trailers {
                    lines.append("trailers")
                    add(trailers)
                }
                lines.append("end")
            case .failure(let fault):
                lines.append("failure \(fault.label)")
                // It stays failed, whatever follows.
                let (more, again) = parser.next(rest)
                guard case .failure(fault) = again, more == 0 else {
                    Issue.record("the parser went on after \(fault)")
                    return false
                }
                return false
            }
        }
    }

    private mutating func add(_ head: RequestHead) {
        var text = "head \(head.methodName) \(head.targetForm) \(head.target.span.hex)"
        let query = head.query ?? "-"
        text += " path=\(head.path.span.hex) query=\(query.span.hex)"
        text += " authority=\(head.authority.span.hex) 1.\(head.minorVersion) \(head.framing)"
        if head.keepAlive { text += " keep" }
        if head.expectsContinue { text += " expects" }
        lines.append(text + " bytes=\(head.bytes.count)")
        add(head.fields)
    }
}

extension Transcript {
    /// Feeds a response parser the answers to `methods`, then the end of input.
    static func responses(
        _ bytes: Bytes, to methods: [HTTPMethod] = [.get], cuts: [Int] = [],
        limits: HTTPLimits = HTTPLimits()
    ) -> Transcript {
        var transcript = Transcript()
        var parser = HTTP1ResponseParser(limits: limits)
        var waiting = methods[...]
        if let first = waiting.popFirst() { parser.begin(method: first) }
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = bytes.span.extracting(start..<end)
            guard transcript.feed(&parser, piece, &waiting) else { return transcript }
            start = end
        }
        switch parser.onEndOfInput() {
        case .end: transcript.lines.append("end")
        case .failure(let fault): transcript.lines.append("failure \(fault.label)")
        case .needMore: transcript.lines.append("idle")
        default: Issue.record("no other event ends a connection")
        }
        return transcript
    }

    /// False when the parser failed.
    private mutating func feed(
        _ parser: inout HTTP1ResponseParser, _ piece: Span<UInt8>,
        _ waiting: inout ArraySlice<HTTPMethod>
    ) -> Bool {
        var offset = 0
        while true {
            let rest = piece.extracting(offset..<piece.count)
            let (consumed, event) = parser.next(rest)
            #expect(consumed >= 0 && consumed <= rest.count)
            offset += consumed
            switch event {
            case .needMore:
                #expect(offset == piece.count)
                return true
            case .informational(let status):
                lines.append("informational \(status)")
            case .head(let head):
                var text = "head 1.\(head.version.minor) \(head.status) \(head.reason.span.hex)"
                text += " \(head.framing)"
                if head.keepAlive { text += " keep" }
                lines.append(text)
                add(head.fields)
            case .body(let range):
                #expect(!range.isEmpty && range.upperBound <= consumed)
                addBody(rest.extracting(range))
            case .end:
                lines.append("end")
                if let next = waiting.popFirst() { parser.begin(method: next) }
            case .failure(let fault):
                lines.append("failure \(fault.label)")
                return false
            }
        }
    }
}
