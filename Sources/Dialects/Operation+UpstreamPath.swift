// SPDX-License-Identifier: Apache-2.0

extension Operation {
    /// The path behind an upstream's base, which ends in its version: `/chat/completions`.
    public var pathInsideBase: StaticString {
        switch self {
        case .chatCompletions: "/chat/completions"
        case .completions: "/completions"
        case .embeddings: "/embeddings"
        case .models, .model: "/models"
        }
    }
}
