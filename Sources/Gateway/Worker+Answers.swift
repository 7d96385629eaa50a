// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP
internal import Reactor

/// An answer that the gateway gives by itself.
struct WholeAnswer {
    var status: Int
    var contentType: StaticString
    var body: Bytes
}

extension Worker {
    /// Writes an answer that is known as a whole.
    func writeAnswer(
        _ answer: WholeAnswer, _ context: AnswerContext, to transport: Transport,
        extra: (inout ByteWriter) -> Void = { _ in }
    ) {
        let date = dates.bytes(at: loop.wallNow)
        transport.write { writer in
            writer.appendStatusLine(answer.status)
            writer.appendField("date", date)
            writer.appendField("content-type", answer.contentType)
            writer.appendField("content-length", answer.body.count)
            writer.append(live.identityFields)
            if !context.id.isEmpty { writer.appendField("x-request-id", context.id) }
            extra(&writer)
            writer.appendConnection(
                keepAlive: context.keepAlive && !isDraining, isHTTP10: context.isHTTP10)
            writer.appendHeadEnd()
        }
        if !context.isHead { transport.write(answer.body) }
    }

    /// Writes an error in the caller's dialect.
    func writeRejection(_ note: RejectionNote, _ context: AnswerContext, to transport: Transport) {
        var error = ErrorBody(
            status: note.status, message: Bytes(note.message), code: note.code,
            param: note.parameter.map { Bytes($0) }, requestID: context.id)
        error.attempts = note.attempts
        let answer = WholeAnswer(
            status: note.status, contentType: "application/json",
            body: error.encoded(for: context.dialect))
        writeAnswer(answer, context, to: transport) { writer in
            if let seconds = note.rejection.retryAfterSeconds {
                writer.appendField("retry-after", seconds)
                writer.appendField("retry-after-ms", seconds * 1000)
            }
            if let allow = note.allow { writer.appendField("allow", allow) }
            if note.rejection == .unknownKey || note.rejection == .missingKey {
                writer.append("www-authenticate: Bearer\r\n")
            }
            if context.attempts > 0 {
                writer.appendField("x-apus-attempts", context.attempts)
                writer.append("x-should-retry: false\r\n")
            }
        }
    }
}
