// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Testing

@testable import Dialects

/// Paths of objects that providers keep.
@Suite struct StoredCallTests {
    @Test(
        "a method and a path lead to a call",
        arguments: [
            (HTTPMethod.get, "/v1/files", "/v1/files", Dialect.openAI),
            (.post, "/v1/files", "/v1/files", .openAI),
            (.delete, "/v1/files/file-1", "/v1/files/{id}", .openAI),
            (.get, "/v1/files/file-1/content", "/v1/files/{id}/content", .openAI),
            (.get, "/v1/responses/resp_1", "/v1/responses/{id}", .openAI),
            (.post, "/v1/responses/resp_1/cancel", "/v1/responses/{id}/cancel", .openAI),
            (.get, "/v1/responses/r/input_items", "/v1/responses/{id}/input_items", .openAI),
            (.get, "/v1/chat/completions", "/v1/chat/completions", .openAI),
            (.post, "/v1/chat/completions/c", "/v1/chat/completions/{id}", .openAI),
            (.post, "/v1/batches/b/cancel", "/v1/batches/{id}/cancel", .openAI),
            (
                .delete, "/v1/conversations/c/items/i",
                "/v1/conversations/{id}/items/{id}", .openAI
            ),
            (.post, "/v1/vector_stores/v/search", "/v1/vector_stores/{id}/search", .openAI),
            (.post, "/v1/messages/batches", "/v1/messages/batches", .anthropic),
            (
                .get, "/v1/messages/batches/m/results", "/v1/messages/batches/{id}/results",
                .anthropic
            ),
            (.post, "/upload/v1beta/files", "/upload/v1beta/files", .gemini),
            (.get, "/v1beta/files/abc:download", "/v1beta/files/{id}", .gemini),
            (.patch, "/v1beta/cachedContents/c", "/v1beta/cachedContents/{id}", .gemini),
            (.post, "/v1beta/batches/b:cancel", "/v1beta/batches/{id}:cancel", .gemini),
            (.get, "/v1alpha/files/f", "/v1beta/files/{id}", .gemini),
            (
                .post, "/v1beta/models/g:batchGenerateContent",
                "/v1beta/models/{id}:batchGenerateContent", .gemini
            ),
        ])
    func found(method: HTTPMethod, path: String, template: String, dialect: Dialect) throws {
        let call = try #require(Self.call(method, path))
        #expect("\(call.path.template)" == template)
        #expect(call.dialect == dialect)
    }

    @Test("paths of several dialects are the one's that the head speaks of")
    func shared() throws {
        #expect(Self.call(.get, "/v1/files", caller: .anthropic)?.dialect == .anthropic)
        #expect(Self.call(.get, "/v1/files")?.dialect == .openAI)
        #expect(Self.call(.get, "/v1/messages/batches")?.dialect == .anthropic)
        #expect(Self.call(.get, "/v1/vector_stores", caller: .anthropic)?.dialect == .openAI)
        #expect(Self.call(.get, "/v1/files", caller: .gemini)?.dialect == .gemini)
        #expect(Self.call(.get, "/v1/cachedContents")?.dialect == .gemini)
        #expect(Self.call(.post, "/upload/v1/files")?.dialect == .gemini)
        #expect(Self.call(.delete, "/v1/batches/b") == nil)
        #expect(Self.call(.delete, "/v1/batches/b", caller: .gemini)?.dialect == .gemini)
    }

    @Test(
        "what is no object's path is unknown, also ways up and hidden slashes",
        arguments: [
            "/v1/files/", "/v1/files/a/b", "/v1/files//content", "/v1/files/..",
            "/v1/files/%2e%2E", "/v1/files/a%2Fb", "/v1/files/%5c", "/v1/files/%zz", "/v1/file",
            "/v1", "/", "", "/v1/responses", "/v1/responses/a/b", "/v2/files", "/v1beta/models/g",
            "/v1/files/%00", "/upload/v1beta/files/x", "/v1/models/x",
        ])
    func unknown(path: String) {
        guard case .unknownPath = StoredCall.find(.get, path: Bytes(path).span, caller: nil)
        else {
            Issue.record("\(path) was found")
            return
        }
    }

    @Test(
        "another method is told which there are",
        arguments: [
            (HTTPMethod.put, "/v1/files", "GET, POST"), (.post, "/v1/responses/r", "GET, DELETE"),
            (.get, "/v1/batches/b/cancel", "POST"),
            (.patch, "/v1/conversations/c", "GET, POST, DELETE"),
            (.post, "/v1beta/cachedContents/c", "GET, DELETE, PATCH"),
            (.head, "/v1/batches/b", "GET"),
        ])
    func wrongMethod(method: HTTPMethod, path: String, allowed: String) {
        guard
            case .wrongMethod(let allow) = StoredCall.find(
                method, path: Bytes(path).span, caller: nil)
        else {
            Issue.record("\(path) was found")
            return
        }
        #expect("\(allow)" == allowed)
    }

    @Test("only what begins something new spends, never a look at it")
    func spending() throws {
        #expect(try #require(Self.call(.post, "/v1/batches")).spends)
        #expect(try #require(Self.call(.post, "/v1beta/cachedContents")).spends)
        for (method, path) in [
            (HTTPMethod.get, "/v1/batches"), (.get, "/v1/batches/b"), (.get, "/v1/responses/r"),
            (.post, "/v1/responses/r/cancel"), (.post, "/v1/files"),
        ] { #expect(try !#require(Self.call(method, path)).spends, "\(path)") }
    }

    private static func call(
        _ method: HTTPMethod, _ path: String, caller: Dialect? = nil
    ) -> StoredCall? {
        let found = StoredCall.find(method, path: Bytes(path).span, caller: caller)
        guard case .call(let call) = found else { return nil }
        return call
    }
}
