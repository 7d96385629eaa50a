// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// What a caller asks of the gateway itself, in `x-apus-…` fields.
struct RequestOptions {
    /// Replaces the configured total time; never beyond it.
    var totalTimeout: Nanoseconds?
    var firstTokenTimeout: Nanoseconds?
    /// Only the targets of the named route, no fallback.
    var isFallbackOff = false

    init() {}

    /// Reads the fields; a value that is none is a rejection that names its field.
    init(_ fields: FieldTable, limits: Timeouts) throws(RejectionNote) {
        totalTimeout = try Self.milliseconds("x-apus-timeout-ms", fields, atMost: limits.total)
        firstTokenTimeout = try Self.milliseconds(
            "x-apus-first-token-timeout-ms", fields, atMost: limits.total)
        guard let value = fields["x-apus-no-fallback"] else { return }
        switch value {
        case "true", "1": isFallbackOff = true
        case "false", "0": break
        default: throw .invalid("x-apus-no-fallback", "must be true or false")
        }
    }

    private static func milliseconds(
        _ name: StaticString, _ fields: FieldTable, atMost limit: Duration
    ) throws(RejectionNote) -> Nanoseconds? {
        guard let value = fields[name] else { return nil }
        guard let number = value.span.decimal, number > 0 else {
            throw .invalid(name, "must be a positive whole number of milliseconds")
        }
        return Nanoseconds(min(.milliseconds(min(number, Int(limit.milliseconds))), limit))
    }
}

extension RejectionNote: Error {
    fileprivate static func invalid(_ name: StaticString, _ what: String) -> RejectionNote {
        RejectionNote(.invalidRequest, "The field \(name) \(what).", parameter: "\(name)")
    }
}
