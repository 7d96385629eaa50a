// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Testing

@Suite struct ErrorBodyTests {
    static let error = ErrorBody(
        status: 429, message: "Slow \"down\"\n", code: "limit_exceeded", param: "n",
        requestID: "r-1")

    @Test(
        "each dialect has its form",
        arguments: [
            (
                Dialect.openAI,
                #"{"error":{"message":"Slow \"down\"\n","type":"rate_limit_error","#
                    + #""param":"n","code":"limit_exceeded"}}"#
            ),
            (
                .anthropic,
                #"{"type":"error","error":{"type":"rate_limit_error","#
                    + #""message":"Slow \"down\"\n"},"request_id":"r-1"}"#
            ),
            (
                .gemini,
                #"{"error":{"code":429,"message":"Slow \"down\"\n","status":"RESOURCE_EXHAUSTED"}}"#
            ),
            (
                .cohere,
                #"{"id":"r-1","message":"Slow \"down\"\n","code":"limit_exceeded","param":"n"}"#
            ),
            (
                .ollama,
                #"{"error":"Slow \"down\"\n","code":"limit_exceeded","param":"n"}"#
            ),
        ])
    func forms(dialect: Dialect, expected: String) {
        #expect(Self.error.encoded(for: dialect).string == expected)
    }

    @Test(
        "and its event in a stream",
        arguments: [
            (Dialect.openAI, "data: ", "\n\n"), (.anthropic, "event: error\ndata: ", "\n\n"),
            (.gemini, "data: ", "\r\n\r\n"), (.ollama, "", "\n"),
        ])
    func events(dialect: Dialect, start: String, end: String) {
        let event = Self.error.streamEvent(for: dialect).string
        #expect(event == start + Self.error.encoded(for: dialect).string + end)
    }

    @Test("Cohere tells of errors in the last event of a stream")
    func cohereEvent() {
        let told = #"{"finish_reason":"ERROR","error":"Slow \"down\"\n"}"#
        #expect(
            Self.error.streamEvent(for: .cohere).string
                == "event: message-end\ndata: {\"type\":\"message-end\",\"delta\":\(told)}\n\n")
    }

    @Test("what is unknown is null, attempts are carried, and a type can be told")
    func options() {
        var error = ErrorBody(status: 502, message: "m")
        #expect(
            error.encoded(for: .openAI)
                == #"{"error":{"message":"m","type":"server_error","param":null,"code":null}}"#)
        #expect(
            error.encoded(for: .anthropic)
                == #"{"type":"error","error":{"type":"api_error","message":"m"},"request_id":null}"#
        )
        error.attempts = "[1]"
        error.type = "special"
        #expect(
            error.encoded(for: .gemini)
                == #"{"error":{"code":502,"message":"m","status":"special","attempts":[1]}}"#)
    }

    @Test(
        "the status implies the type",
        arguments: [
            (400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT"),
            (401, "authentication_error", "authentication_error", "UNAUTHENTICATED"),
            (403, "permission_error", "permission_error", "PERMISSION_DENIED"),
            (404, "not_found_error", "not_found_error", "NOT_FOUND"),
            (408, "invalid_request_error", "timeout_error", "DEADLINE_EXCEEDED"),
            (413, "invalid_request_error", "request_too_large", "INVALID_ARGUMENT"),
            (429, "rate_limit_error", "rate_limit_error", "RESOURCE_EXHAUSTED"),
            (500, "server_error", "api_error", "INTERNAL"),
            (503, "server_error", "overloaded_error", "UNAVAILABLE"),
            (504, "server_error", "timeout_error", "DEADLINE_EXCEEDED"),
        ])
    func types(status: Int, openAI: String, anthropic: String, gemini: String) {
        let error = ErrorBody(status: status, message: "m")
        #expect(error.encoded(for: .openAI).string.contains("\"\(openAI)\""))
        #expect(error.encoded(for: .anthropic).string.contains("\"\(anthropic)\""))
        #expect(error.encoded(for: .gemini).string.contains("\"\(gemini)\""))
    }

    @Test(
        "our own error event is one that our tap knows",
        arguments: [StreamTap.Mode.observe, .withhold])
    func tapped(mode: StreamTap.Mode) {
        let run = StreamTapRun(Self.error.streamEvent(for: .openAI), mode: mode, cuts: [9])
        #expect(run.ending == .failed)
    }
}
