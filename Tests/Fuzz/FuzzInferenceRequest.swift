// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects

/// A request that is understood is still understood, in the same way, after each edit; without
/// edits not a byte changes.
enum FuzzInferenceRequest {
    private static let operations: [Operation] = [.chatCompletions, .completions, .embeddings]
    private static let other: Bytes = "other/\"model\"\u{1}"

    static func check(_ input: Bytes) {
        guard !input.isEmpty else { return }
        let operation = operations[Int(input[0]) % operations.count]
        let body = input.dropFirst(1)
        guard let request = read(body, operation) else { return }
        demandEqual(request.upstreamBody().joined(), body, "untouched")
        demandEqual(request.upstreamBody(model: request.model).joined(), body, "the same model")
        for includeUsage in [false, true] {
            for model in [nil, other] {
                let pieces = request.upstreamBody(model: model, includeUsage: includeUsage)
                let edited = pieces.joined()
                demandEqual(edited.count, pieces.byteCount, "bytes counted")
                guard let again = read(edited, operation) else {
                    preconditionFailure("an edit broke the body: \(edited)")
                }
                compare(request, again, model, includeUsage)
            }
        }
    }

    private static func compare(
        _ request: borrowing InferenceRequest, _ again: borrowing InferenceRequest, _ model: Bytes?,
        _ includeUsage: Bool
    ) {
        demandEqual(again.model, model ?? request.model, "model")
        demandEqual(again.isStreaming, request.isStreaming, "stream")
        demandEqual(again.maxOutputTokens, request.maxOutputTokens, "max_tokens")
        demandEqual(again.choiceCount, request.choiceCount, "n")
        demandEqual(again.user, request.user, "user")
        demandEqual(again.messageCount, request.messageCount, "messages")
        demandEqual(
            again.body[again.inputRange], request.body[request.inputRange], "what is asked")
        let wanted = request.includesUsage || includeUsage && request.isStreaming
        demandEqual(again.includesUsage, wanted, "usage")
    }

    private static func read(_ body: Bytes, _ operation: Operation) -> InferenceRequest? {
        do throws(RequestFault) {
            return try InferenceRequest(body: body, operation: operation)
        } catch {
            demand(!error.message.isEmpty, "a fault without a word")
            return nil
        }
    }
}
