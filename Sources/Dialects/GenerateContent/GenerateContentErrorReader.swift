// SPDX-License-Identifier: Apache-2.0
import Core
import JSON

/// Reads Google's error bodies (google.rpc.Status) and error events.
enum GenerateContentErrorReader {
    /// A status of 0 stands for an event inside a stream; then the body's own code counts.
    static func read(_ bytes: Bytes, status: Int) -> ProviderError {
        let facts = ErrorFacts(bytes)
        let details = Details(facts)
        let own = facts.code?.span.decimal ?? 0
        let status = status != 0 ? status : (400...599 ~= own ? own : 500)
        var error = ProviderError(
            kind: kind(facts, details, status), status: status, message: facts.message)
        error.code = facts.status
        error.param = details.field
        error.retryAfter = details.retryAfter
        return error
    }

    private static func kind(
        _ facts: ErrorFacts, _ details: Details, _ status: Int
    ) -> ProviderError.Kind {
        guard let name = facts.status?.span else { return .implied(by: status) }
        if name.equals("INVALID_ARGUMENT") {
            // A bad key is a 400 here.
            if details.isBadKey || facts.says("api key not valid") { return .authentication }
            let isTooLong =
                facts.says("token count") && facts.says("exceeds") || facts.says("too long")
            return isTooLong ? .contextTooLong : .invalidRequest
        }
        if name.equals("RESOURCE_EXHAUSTED") {
            return details.isDaily ? .quotaExhausted : .rateLimited
        }
        if name.equals("UNAUTHENTICATED") { return .authentication }
        if name.equals("PERMISSION_DENIED") {
            return facts.says("billing") ? .billing : .permission
        }
        if name.equals("FAILED_PRECONDITION") {
            return facts.says("billing") ? .billing : .permission
        }
        if name.equals("NOT_FOUND") { return .modelNotFound }
        if name.equals("UNAVAILABLE") { return .overloaded }
        if name.equals("DEADLINE_EXCEEDED") { return .timeout }
        if name.equals("INTERNAL") || name.equals("UNKNOWN") { return .internalError }
        if name.equals("OUT_OF_RANGE") { return .invalidRequest }
        return .implied(by: status)
    }
}

/// What the list of details beside an error tells.
private struct Details {
    var retryAfter: Nanoseconds?
    /// The quota that is used up is one of a day.
    var isDaily = false
    var isBadKey = false
    var field: Bytes?

    init(_ facts: ErrorFacts) {
        guard let list = facts.details else { return }
        let body = facts.body
        let span = body.bytes.span
        var elements = JSONElements(of: list, in: span)
        while let detail = elements.next() {
            if let delay = body.loose("retrydelay", of: detail)?.string(in: body.bytes) {
                retryAfter = delay.span.duration
            }
            if let reason = body.loose("reason", of: detail) {
                isBadKey = isBadKey || reason.equals("API_KEY_INVALID", in: span)
            }
            if let violations = body.loose("violations", of: detail)
                ?? body.loose("fieldviolations", of: detail)
            {
                read(violations, body)
            }
        }
    }

    private mutating func read(_ violations: JSONSlice, _ body: ChatBody) {
        var elements = JSONElements(of: violations, in: body.bytes.span)
        while let violation = elements.next() {
            if let quota = body.loose("quotaid", of: violation)?.string(in: body.bytes),
                quota.span.containsIgnoringCase("perday")
            {
                isDaily = true
            }
            field = field ?? body.loose("field", of: violation)?.string(in: body.bytes)
        }
    }
}
