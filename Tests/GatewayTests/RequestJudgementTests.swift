// SPDX-License-Identifier: Apache-2.0
import Core
import Crypto
import Dialects
import HTTP
import Testing

@testable import Gateway

/// What the head of a request alone decides: where it goes, who sent it, what it asks of us.
@Suite struct RequestJudgementTests {
    // MARK: - Endpoints

    @Test(
        "a path and a method lead to an endpoint",
        arguments: [
            ("POST", "/v1/chat/completions", Endpoint.inference(.chatCompletions)),
            ("POST", "/v1/chat/completions?x=1", .inference(.chatCompletions)),
            ("POST", "/v1/completions", .inference(.completions)),
            ("POST", "/v1/embeddings", .inference(.embeddings)),
            ("GET", "/v1/models", .models(.openAI)), ("HEAD", "/v1/models", .models(.openAI)),
            ("GET", "/v1/models/gpt-4o", .model("gpt-4o", .openAI)),
            ("GET", "/v1/models/openai%2Fgpt-4o", .model("openai/gpt-4o", .openAI)),
            ("GET", "/v1/models/openai/gpt-4o", .model("openai/gpt-4o", .openAI)),
            ("POST", "/v1/messages", .inference(.messages)),
            ("POST", "/v1/messages/count_tokens", .inference(.countMessageTokens)),
            ("POST", "/v1/responses", .inference(.responses)),
            (
                "POST", "/v1beta/models/gemini-x:generateContent",
                .inference(.gemini(.generateContent, model: "gemini-x"))
            ),
            (
                "POST", "/v1beta/models/org%2Fa:b:streamGenerateContent?alt=sse&key=k",
                .inference(.gemini(.streamGenerateContent, model: "org/a:b"))
            ),
            (
                "POST", "/v1/models/g:embedContent",
                .inference(.gemini(.embedContent, model: "g"))
            ),
            ("GET", "/v1beta/models", .models(.gemini)),
            ("GET", "/v1beta/models/g", .model("g", .gemini)),
            ("GET", "/livez", .liveness), ("HEAD", "/livez", .liveness),
            ("GET", "/health/liveliness", .liveness), ("GET", "/readyz", .readiness),
            ("GET", "/health/readiness", .readiness), ("GET", "/healthz", .health),
            ("GET", "/health", .health), ("GET", "/metrics", .metrics),
            ("GET", "/metrics?x", .metrics), ("GET", "http://a.test/livez", .liveness),
        ])
    func endpoints(method: String, target: String, endpoint: Endpoint) throws {
        let head = try HeadMaker.request("\(method) \(target) HTTP/1.1")
        switch Endpoint.find(head) {
        case .success(let found): #expect(found == endpoint)
        case .failure(let note): Issue.record("refused: \(note.message)")
        }
    }

    @Test(
        "a known path with another method says which it is for",
        arguments: [
            ("PUT", "/v1/chat/completions", "GET, POST"), ("HEAD", "/v1/embeddings", "POST"),
            ("DELETE", "/v1/completions", "POST"), ("POST", "/v1/models", "GET"),
            ("PUT", "/v1/models/a", "GET"), ("POST", "/livez", "GET"), ("PUT", "/metrics", "GET"),
            ("OPTIONS", "/v1/models", "GET"), ("PATCH", "/healthz", "GET"),
        ])
    func wrongMethods(method: String, path: String, allow: String) throws {
        let head = try HeadMaker.request("\(method) \(path) HTTP/1.1")
        guard case .failure(let note) = Endpoint.find(head) else {
            Issue.record("\(method) \(path) was accepted")
            return
        }
        #expect(note.rejection == .methodNotAllowed && note.status == 405)
        #expect(note.allow.map { "\($0)" } == allow)
        #expect(note.message.contains(allow))
    }

    @Test(
        "anything else is an unknown path",
        arguments: [
            "/", "/v1", "/v1/", "/v1/chat/completions/", "/v1/models/", "/v1/chat", "/livez/",
            "/V1/models", "/metricsx", "/v1/models/%4", "/v1/metrics", "/v2/models",
        ])
    func unknownPaths(path: String) throws {
        guard case .failure(let note) = Endpoint.find(try HeadMaker.request("GET \(path) HTTP/1.1"))
        else {
            Issue.record("\(path) was found")
            return
        }
        #expect(note.rejection == .unknownPath && note.status == 404)
        #expect(note.message.contains(path))
    }

    @Test("a long unknown path is not repeated whole")
    func longPath() throws {
        let path = "/" + String(repeating: "a", count: 2000)
        guard case .failure(let note) = Endpoint.find(try HeadMaker.request("GET \(path) HTTP/1.1"))
        else {
            Issue.record("found")
            return
        }
        #expect(note.message.utf8.count < 300)
    }

    @Test("health needs no key, everything else does")
    func keys() {
        let own: [Endpoint] = [.liveness, .readiness, .health, .metrics]
        for endpoint in own { #expect(!endpoint.needsKey) }
        let others: [Endpoint] = [
            .inference(.chatCompletions), .models(.openAI), .model("a", .gemini),
        ]
        for endpoint in others { #expect(endpoint.needsKey) }
        #expect("\(Endpoint.model("secret", .openAI).template)" == "/v1/models/{id}")
    }

    @Test("the version field tells Anthropic's list of models from OpenAI's")
    func modelLists() throws {
        let head = try HeadMaker.request(
            "GET /v1/models HTTP/1.1", ["anthropic-version: 2026-10-21"])
        #expect(try Endpoint.find(head).get() == .models(.anthropic))
        let gemini = try HeadMaker.request(
            "GET /v1/models HTTP/1.1", ["x-goog-api-client: google-genai-sdk/2.34"])
        #expect(try Endpoint.find(gemini).get() == .models(.gemini))
    }

    // MARK: - Options

    private func options(_ fields: String...) throws -> RequestOptions {
        var limits = Timeouts()
        limits.total = .seconds(900)
        return try RequestOptions(try HeadMaker.fields(fields), limits: limits)
    }

    @Test("options left out are not there")
    func noOptions() throws {
        let none = try options("x-other: 1")
        #expect(none.totalTimeout == nil && none.firstTokenTimeout == nil && !none.isFallbackOff)
    }

    @Test("times are milliseconds, and never beyond the configured total")
    func times() throws {
        let asked = try options("x-apus-timeout-ms: 1500", "x-apus-first-token-timeout-ms: 1")
        #expect(asked.totalTimeout == Nanoseconds(.milliseconds(1500)))
        #expect(asked.firstTokenTimeout == Nanoseconds(.milliseconds(1)))
        let greedy = try options("X-Apus-Timeout-Ms: 999999999999999999")
        #expect(greedy.totalTimeout == Nanoseconds(.seconds(900)))
    }

    @Test(
        "a field that is no value of its kind is refused by name",
        arguments: [
            ("x-apus-timeout-ms", ["0", "-1", "abc", "1.5", "", "1 2", "99999999999999999999999"]),
            ("x-apus-first-token-timeout-ms", ["0", "x"]),
            ("x-apus-no-fallback", ["yes", "TRUE", "", "2"]),
        ])
    func badOptions(name: String, values: [String]) throws {
        for value in values {
            let fields = try HeadMaker.fields(["\(name): \(value)"])
            do {
                _ = try RequestOptions(fields, limits: Timeouts())
                Issue.record("\(name): \(value) was accepted")
            } catch {
                #expect(error.rejection == .invalidRequest && error.parameter == name)
                #expect(error.message.contains(name))
            }
        }
    }

    @Test(
        "fallback is switched off by true or 1",
        arguments: [("true", true), ("1", true), ("false", false), ("0", false)])
    func fallback(value: String, isOff: Bool) throws {
        #expect(try options("x-apus-no-fallback: \(value)").isFallbackOff == isOff)
    }

    // MARK: - Credentials

    private static let key = "sk-test-1"

    private func digest(_ text: String) -> SHA256Digest {
        var hasher = SHA256Hasher()
        return hasher.digest(of: Bytes(text).span)
    }

    private var table: KeyTable {
        KeyTable([
            ClientKey(name: "other", digest: digest("other"), models: ["*"]),
            ClientKey(name: "dev", digest: digest(Self.key), models: ["*"]),
        ])
    }

    private func verdict(_ fields: [String], _ table: KeyTable) throws -> String {
        var authenticator = Authenticator()
        switch authenticator.identify(try HeadMaker.fields(fields), in: table, generation: 1) {
        case .open: return "open"
        case .known(let index): return "key \(index)"
        case .refused(let note): return "\(note.code)"
        }
    }

    @Test(
        "a key is taken from any of its four places",
        arguments: [
            "authorization: Bearer sk-test-1", "Authorization: bearer sk-test-1",
            "AUTHORIZATION: BEARER sk-test-1", "x-api-key: sk-test-1", "api-key: sk-test-1",
            "x-goog-api-key: sk-test-1", "X-Goog-Api-Key: sk-test-1",
        ])
    func places(field: String) throws {
        #expect(try verdict([field], table) == "key 1")
        #expect(try verdict([field], KeyTable()) == "open")
    }

    @Test(
        "whoever is unknown is told so",
        arguments: [
            ("authorization: Bearer wrong", "invalid_api_key"), ("x-api-key: x", "invalid_api_key"),
            ("authorization: Bearer sk-test-11", "invalid_api_key"),
            ("authorization: Bearer sk-test-", "invalid_api_key"),
            ("authorization: Basic sk-test-1", "missing_api_key"),
            ("authorization: sk-test-1", "missing_api_key"),
            ("authorization: Bearer", "missing_api_key"), ("x-other: sk-test-1", "missing_api_key"),
        ])
    func refusals(field: String, code: String) throws {
        #expect(try verdict([field], table) == code)
    }

    @Test("the authorization field decides, even when another place has a good key")
    func precedence() throws {
        let fields = ["authorization: Bearer wrong", "x-api-key: sk-test-1"]
        #expect(try verdict(fields, table) == "invalid_api_key")
        #expect(try verdict([], table) == "missing_api_key")
        #expect(try verdict([], KeyTable()) == "open")
    }

    @Test("a credential of more than 4096 bytes is nobody's")
    func oversized() throws {
        let long = String(repeating: "k", count: 4096)
        let longer = long + "k"
        let table = KeyTable([
            ClientKey(name: "long", digest: digest(long), models: ["*"]),
            ClientKey(name: "longer", digest: digest(longer), models: ["*"]),
        ])
        #expect(try verdict(["x-api-key: \(long)"], table) == "key 0")
        #expect(try verdict(["x-api-key: \(longer)"], table) == "invalid_api_key")
    }

    @Test("the operator's key is known by its digest")
    func admin() throws {
        var authenticator = Authenticator()
        let fields = try HeadMaker.fields(["authorization: Bearer root"])
        let none = try HeadMaker.fields(["authorization: Basic root"])
        let good = authenticator.matches(fields, digest("root"))
        let bad = authenticator.matches(fields, digest("roof"))
        let missing = authenticator.matches(none, digest("root"))
        #expect(good && !bad && !missing)
    }
}
