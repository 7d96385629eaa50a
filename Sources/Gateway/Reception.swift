// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import HTTP

/// A request while it arrives: its head, who sent it, and the body so far.
final class Reception {
    let head: RequestHead
    let live: LiveSnapshot
    let endpoint: Endpoint?
    let id: Bytes
    let started: Instant
    /// Position in the key table; nil when open or refused.
    let key: Int?
    let dialect: Dialect
    let options: RequestOptions
    /// Decided by the head alone; the body is not looked at then.
    let rejection: RejectionNote?
    /// Bytes of the body that are collected; a call that passes its body on collects none.
    private let bodyLimit: Int
    private var body: ByteWriter

    init(
        head: consuming RequestHead, live: LiveSnapshot, verdict: Verdict, id: Bytes,
        started: Instant
    ) {
        self.live = live
        self.id = id
        self.started = started
        endpoint = verdict.endpoint
        key = verdict.key
        dialect = verdict.dialect
        options = verdict.options
        rejection = verdict.rejection
        bodyLimit = verdict.bodyLimit
        if rejection == nil, case .length(let length) = head.framing {
            body = ByteWriter(capacity: min(length, bodyLimit))
        } else {
            body = ByteWriter()
        }
        self.head = head
    }

    /// What the head alone tells.
    struct Verdict {
        var endpoint: Endpoint?
        var key: Int?
        var dialect: Dialect
        var bodyLimit: Int
        var options = RequestOptions()
        var rejection: RejectionNote?
    }

    /// Whether a Gemini stream is wanted as one array, and not as events.
    var wantsArray: Bool {
        guard dialect == .gemini else { return false }
        guard let query = head.query, let value = query.span.queryValue("alt") else {
            return true
        }
        return query[value] != "sse"
    }

    var bodyCount: Int { body.count }

    /// Adds a piece; false when the body is over its limit.
    func append(_ bytes: Span<UInt8>) -> Bool {
        guard body.count + bytes.count <= bodyLimit else { return false }
        body.append(bytes)
        return true
    }

    var tooLarge: RejectionNote { .bodyTooLarge(limit: live.values.limits.bodyBytes) }

    func takeBody() -> Bytes { body.finish() }
}

extension RejectionNote {
    static func bodyTooLarge(limit: Int) -> RejectionNote {
        RejectionNote(
            .bodyTooLarge,
            "The request body is larger than the \(limit) bytes allowed here.")
    }
}
