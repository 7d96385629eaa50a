// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// What every answer to one request needs to know of it.
struct AnswerContext {
    var dialect = Dialect.openAI
    var id = Bytes()
    var attempts = 0
    var keepAlive = false
    /// The answer to HEAD has no body, only its length.
    var isHead = false
    var isHTTP10 = false

    init() {}

    init(_ reception: Reception, keepAlive: Bool, attempts: Int = 0) {
        dialect = reception.dialect
        id = reception.id
        self.keepAlive = keepAlive
        self.attempts = attempts
        isHead = reception.head.method == .head
        isHTTP10 = reception.head.version == .http10
    }
}

extension ByteWriter {
    /// Appends `connection` where it differs from the version's default.
    mutating func appendConnection(keepAlive: Bool, isHTTP10: Bool) {
        if !keepAlive {
            append("connection: close\r\n")
        } else if isHTTP10 {
            append("connection: keep-alive\r\n")
        }
    }
}
