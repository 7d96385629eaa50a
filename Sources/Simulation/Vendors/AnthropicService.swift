// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP

/// Answers of the Anthropic dialect: messages, their tokens, and the models.
enum AnthropicService {
    private static let listed: [Bytes] = [
        "claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5-20251001",
    ]
    private static let versions: [Bytes] = ["2023-01-01", "2023-06-01", "2026-10-21"]
    /// From this version on sampling is no longer the caller's to choose.
    private static let unsampled: Bytes = "2026-10-21"

    static func answer(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        try check(call)
        switch call.path {
        case let path where path.hasSuffix("/v1/messages"):
            return try messages(call, &random)
        case let path where path.hasSuffix("/v1/messages/count_tokens"):
            let request = try AnthropicRequest(try call.tree(), isCount: true)
            try checkModel(request.prompt.model, call)
            return ProviderAnswer(
                (["input_tokens": .int(request.prompt.tokens)] as JSONTree).bytes())
        case let path where path.contains("/v1/models"):
            try call.demandGet()
            return try models(call)
        default: throw ProviderRefusal(status: 404, message: "Not Found")
        }
    }

    static func check(_ call: DialectCall) throws(ProviderRefusal) {
        let key = call.head.fields[.xAPIKey] ?? call.bearer
        let wrong: ProviderRefusal =
            key == nil
            ? ProviderRefusal(status: 401, message: "x-api-key header is required")
            : ProviderRefusal(status: 401, message: "invalid x-api-key")
        try call.check(key, else: wrong)
        guard let version = call.head.fields["anthropic-version"] else {
            throw .invalid("anthropic-version: header is required")
        }
        guard versions.contains(version) else {
            throw .invalid("anthropic-version: \"\(version)\" is not a valid version")
        }
    }

    private static func checkModel(
        _ model: Bytes, _ call: DialectCall
    ) throws(ProviderRefusal) {
        guard call.knows(model) else {
            throw ProviderRefusal(status: 404, message: "model: \(model)")
        }
    }

    private static func messages(
        _ call: DialectCall, _ random: inout SeededGenerator
    ) throws(ProviderRefusal) -> ProviderAnswer {
        let tree = try call.tree()
        if call.head.fields["anthropic-version"] == unsampled {
            for name in ["temperature", "top_p", "top_k"] as [StaticString] {
                guard tree[name] == nil else {
                    throw .invalid("\(name): Extra inputs are not permitted")
                }
            }
        }
        let request = try AnthropicRequest(tree, isCount: false)
        try checkModel(request.prompt.model, call)
        let message = AnthropicMessage(
            SimulatedAnswer(request.prompt, script: call.script), &random)
        guard request.prompt.isStream else {
            var answer = ProviderAnswer(message.whole.bytes())
            answer.tokens = message.answer.outputTokens
            return answer
        }
        return call.stream(
            message.pieces(), type: "text/event-stream; charset=utf-8",
            tokens: message.answer.outputTokens)
    }

    private static func models(_ call: DialectCall) throws(ProviderRefusal) -> ProviderAnswer {
        let known = call.script.models ?? listed
        guard !call.path.hasSuffix("/models") else {
            return ProviderAnswer(
                JSONTree.made([
                    "data": .array(known.map(model)), "has_more": false,
                    "first_id": known.first.map { .string($0) } ?? .null,
                    "last_id": known.last.map { .string($0) } ?? .null,
                ]).bytes())
        }
        let id = Bytes(call.path.split(separator: "/").last ?? "")
        guard known.contains(id) else {
            throw ProviderRefusal(status: 404, message: "model: \(id)")
        }
        return ProviderAnswer(model(id).bytes())
    }

    private static func model(_ id: Bytes) -> JSONTree {
        [
            "type": "model", "id": .string(id), "display_name": .string(id),
            "created_at": "2026-02-04T00:00:00Z", "lifecycle": "active",
            "max_input_tokens": 200_000, "max_tokens": 64_000,
        ]
    }
}
