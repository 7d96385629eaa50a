// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// A request means the same however it is cut, and no input is read twice or never.
enum FuzzRequest {
    static func check(_ input: Bytes) {
        let cuts = Cuts(input)
        demandEqual(events([cuts.text]), events(cuts.pieces), "requests cut differently")
    }

    /// What was understood, body pieces joined.
    private static func events(_ pieces: [Bytes]) -> [String] {
        var limits = HTTPLimits()
        limits.headBytes = 2048
        limits.targetBytes = 256
        limits.fieldCount = 20
        var parser = HTTP1RequestParser(limits: limits)
        var log: [String] = []
        var body = ""
        for piece in pieces {
            var offset = 0
            var calls = 0
            reading: while true {
                calls += 1
                demand(calls <= 4 * piece.count + 8, "a parser that makes no progress")
                let rest = piece[offset..<piece.count]
                let (consumed, event) = parser.next(rest.span)
                demand(consumed >= 0 && consumed <= rest.count, "more consumed than given")
                offset += consumed
                switch event {
                case .needMore:
                    demand(offset == piece.count, "input left unread")
                    break reading
                case .head(let head): log.append(describe(head))
                case .body(let range):
                    demand(range.upperBound <= consumed, "a body beyond what was consumed")
                    body += rest[range].map
                case .end:
                    log.append("body \(body)")
                    log.append(describe(parser.trailers))
                    body = ""
                case .failure(let fault):
                    log.append("failure \(fault.label)")
                    demand(fault.status >= 400, "a fault without a status")
                    return log
                }
            }
        }
        log.append("rest \(body)")
        log.append("end \(parser.onEndOfInput().map { "\($0.label)" } ?? "well")")
        return log
    }

    private static func describe(_ head: RequestHead) -> String {
        "\(head.methodName) \(head.target) \(head.path) \(head.version) \(head.keepAlive)"
            + " \(head.expectsContinue) \(head.framing) \(describe(head.fields))"
    }

    static func describe(_ table: FieldTable?) -> String {
        guard let table else { return "no fields" }
        var text = ""
        for (index, field) in table.enumerated() {
            demand(table[named: field.name] != nil, "a field that is not found by its name")
            text += "\(field.name.map): \(field.value.map) \(table.isHopByHop(at: index));"
        }
        return text
    }
}

extension Bytes {
    /// Each byte as a character, so that no two texts look alike.
    var map: String {
        var text = ""
        for index in 0..<count { text.unicodeScalars.append(Unicode.Scalar(self[index])) }
        return text
    }
}

extension FieldTable {
    /// The first value of a name, found the slow way.
    subscript(named name: Bytes) -> Bytes? {
        for field in self where field.name == name { return field.value }
        return nil
    }
}
