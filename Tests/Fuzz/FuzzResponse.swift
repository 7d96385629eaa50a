// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP

/// A response means the same however it is cut, and its end is told once.
enum FuzzResponse {
    private static let methods: [HTTPMethod] = [.post, .get, .head]

    static func check(_ input: Bytes) {
        let cuts = Cuts(input)
        let method = methods[Int(cuts.choice) % methods.count]
        demandEqual(
            events([cuts.text], method), events(cuts.pieces, method), "responses cut differently")
    }

    private static func events(_ pieces: [Bytes], _ method: HTTPMethod) -> [String] {
        var limits = HTTPLimits()
        limits.headBytes = 2048
        limits.targetBytes = 256
        limits.fieldCount = 20
        var parser = HTTP1ResponseParser(limits: limits)
        parser.begin(method: method)
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
                case .informational(let status):
                    demand((100..<200).contains(status), "an informational status")
                    log.append("informational \(status)")
                case .head(let head):
                    demand((200..<600).contains(head.status), "a final status")
                    log.append(
                        "\(head.status) \(head.framing) \(head.keepAlive)"
                            + " \(FuzzRequest.describe(head.fields))")
                case .body(let range):
                    demand(range.upperBound <= consumed, "a body beyond what was consumed")
                    body += rest[range].map
                case .end:
                    log.append("body \(body) \(FuzzRequest.describe(parser.trailers))")
                    body = ""
                    parser.begin(method: method)
                case .failure(let fault):
                    // What came of the body before the fault may depend on the cuts.
                    log.append("failure \(fault.label)")
                    return log
                }
            }
        }
        log.append("rest \(body)")
        switch parser.onEndOfInput() {
        case .end: log.append("end")
        case .failure(let fault): log.append("end \(fault.label)")
        default: preconditionFailure("neither an end nor a fault")
        }
        return log
    }
}
