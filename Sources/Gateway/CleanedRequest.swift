// SPDX-License-Identifier: Apache-2.0
internal import Dialects

/// A request that is passed on in its own format, without what other providers have signed in it.
final class CleanedRequest {
    let request: InferenceRequest
    /// Where that stood.
    let notes: TranslationNotes

    /// Nil if there is nothing of the kind, as in nearly all requests.
    static func clean(_ request: borrowing InferenceRequest) -> CleanedRequest? {
        // A first turn has no answers in it. Of some formats the turns are not counted.
        guard request.hasAnswers || request.messageCount == 0,
            let format = request.operation.provedFormat,
            let proofs = ForeignProofs(in: request.body, format)
        else { return nil }
        do throws(RequestFault) {
            let cleaned = try InferenceRequest(body: proofs.body, operation: request.operation)
            return CleanedRequest(cleaned, proofs.notes)
        } catch {
            // Less of a request that was read is read as well; else it goes as it came.
            return nil
        }
    }

    private init(_ request: consuming InferenceRequest, _ notes: TranslationNotes) {
        self.request = request
        self.notes = notes
    }
}

extension Operation {
    /// The format of a chat that may hold proofs; nil for what has none.
    fileprivate var provedFormat: WireFormat? {
        if isCount { return dialect == .gemini ? .generateContent : .messages }
        return switch chatFormat {
        case .chatCompletions, .responses, .messages, .generateContent: chatFormat
        case .ollamaChat, .cohereChat, nil: nil
        }
    }
}
