// SPDX-License-Identifier: Apache-2.0
import Dialects

extension GoldenFormat {
    /// The formats of the matrix: one line each.
    static let all: [GoldenFormat] = [
        GoldenFormat(ChatCompletionsFormat.self),
        GoldenFormat(MessagesFormat.self),
        GoldenFormat(ResponsesFormat.self),
