// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Gateway
import HTTP
import Testing

@Suite struct RejectionTests {
    @Test(
        "each rejection has its status, whose fault it is, and its code",
        arguments: [
            (Rejection.malformedRequest, 400, Fault.caller, "malformed_request"),
            (.invalidRequest, 400, .caller, "invalid_request"),
            (.unsupportedMediaType, 415, .caller, "unsupported_media_type"),
            (.bodyTooLarge, 413, .caller, "request_too_large"),
            (.headTooLarge, 431, .caller, "headers_too_large"),
            (.unknownPath, 404, .caller, "unknown_path"),
            (.methodNotAllowed, 405, .caller, "method_not_allowed"),
            (.unknownModel, 404, .caller, "model_not_found"),
            (.clientTooSlow, 408, .caller, "request_timeout"),
            (.clientGone, 499, .caller, "client_closed_request"),
            (.missingKey, 401, .policy, "missing_api_key"),
            (.unknownKey, 401, .policy, "invalid_api_key"),
            (.modelNotAllowed, 403, .policy, "model_not_allowed"),
            (.upstreamFailed, 502, .provider, "upstream_failed"),
            (.upstreamTimeout, 504, .provider, "upstream_timeout"),
            (.upstreamBroke, 502, .provider, "upstream_broke_off"),
            (.overloaded, 503, .gateway, "overloaded"),
            (.draining, 503, .gateway, "draining"),
            (.internalError, 500, .gateway, "internal_error"),
        ])
    func table(rejection: Rejection, status: Int, fault: Fault, code: String) {
        #expect(rejection.status == status)
        #expect(rejection.fault == fault)
        #expect("\(rejection.code)" == code)
    }

    @Test("no two rejections share a code")
    func uniqueCodes() {
        let codes = Set(Rejection.allCases.map { "\($0.code)" })
        #expect(codes.count == Rejection.allCases.count)
        #expect(Rejection.allCases.count == 20)
    }

    @Test("only what passes by itself is to be retried, with a time")
    func retries() {
        for rejection in Rejection.allCases {
            let passes = rejection == .overloaded || rejection == .draining
            #expect(rejection.isRetryable == passes)
            #expect(rejection.retryAfterSeconds == (passes ? 1 : nil))
        }
    }

    @Test(
        "each attempt's fault has its label",
        arguments: [
            (AttemptFault.unreachable, "unreachable"), (.connectTimeout, "connect_timeout"),
            (.tls, "tls_failure"), (.broken, "connection_lost"), (.garbage, "invalid_response"),
            (.timeout, "timeout"), (.queueFull, "queue_full"), (.status(401), "credential_refused"),
            (.status(402), "credential_refused"), (.status(403), "credential_refused"),
            (.status(408), "status_408"), (.status(429), "rate_limited"),
            (.status(500), "server_error"), (.status(529), "server_error"),
        ])
    func faultLabels(fault: AttemptFault, label: String) {
        #expect("\(fault.label)" == label)
        #expect(fault.isTimeout == [AttemptFault.timeout, .connectTimeout].contains(fault))
    }

    @Test("a status is the upstream's own trouble, or the caller's")
    func trouble() {
        let own = [401, 402, 403, 408, 429]
        for status in 100..<600 {
            let isTrouble = status >= 500 || own.contains(status)
            #expect(AttemptFault.isUpstreamTrouble(status) == isTrouble)
        }
    }

    @Test("a note takes status and code from its rejection", arguments: Rejection.allCases)
    func note(rejection: Rejection) {
        let note = RejectionNote(rejection, "Why.", parameter: "model")
        #expect(note.status == rejection.status && note.message == "Why.")
        #expect("\(note.code)" == "\(rejection.code)")
        #expect(note.parameter == "model" && note.allow == nil && note.attempts == nil)
    }

    @Test("a fault of the HTTP message keeps its exact status", arguments: HTTPFault.allCases)
    func httpFaults(fault: HTTPFault) {
        let note = RejectionNote(fault)
        #expect(note.status == fault.status)
        #expect(note.message == "\(fault.message)")
        let expected: Rejection =
            switch fault.status {
            case 413: .bodyTooLarge
            case 414, 431: .headTooLarge
            default: .malformedRequest
            }
        #expect(note.rejection == expected)
    }

    @Test(
        "a fault of the body names its field and its kind", arguments: RequestFault.Kind.allCases)
    func requestFaults(kind: RequestFault.Kind) {
        let note = RejectionNote(RequestFault(kind: kind, message: "Bad.", param: "messages[0]"))
        #expect(note.rejection == (kind == .malformedJSON ? .malformedRequest : .invalidRequest))
        #expect(note.status == 400 && note.message == "Bad." && note.parameter == "messages[0]")
        #expect("\(note.code)" == "\(kind.label)")
        #expect(RejectionNote(RequestFault(kind: kind, message: "", param: nil)).parameter == nil)
    }
}
