// SPDX-License-Identifier: Apache-2.0
public import Core

/// What one answered request adds to the metrics.
public struct RequestFigures: Sendable {
    /// The route's template.
    public var route: StaticString
    public var dialect: StaticString
    /// The outcome, of a closed list.
    public var code: StaticString
    public var overhead: Nanoseconds?
    /// What the call came to, if a target answered.
    public var call: CallFigures?

    public init(route: StaticString, dialect: StaticString, code: StaticString) {
        self.route = route
        self.dialect = dialect
        self.code = code
    }
}

/// What one call of a target came to.
public struct CallFigures: Sendable {
    public var target: TargetID
    /// OpenTelemetry's name, such as `chat`, `text_completion`, `embeddings`.
    public var operation: StaticString
    public var duration: Nanoseconds
    /// From the request to the first token; of streamed answers only.
    public var firstToken: Nanoseconds?
    public var inputTokens: Int?
    public var outputTokens: Int?
    /// What the call cost, where that is known.
    public var cost: NanoDollars?
    /// False for a call that cost something nobody knows.
    public var isPriced = true
    /// True for a call whose tokens are a guess.
    public var isEstimated = false

    public init(target: TargetID, operation: StaticString, duration: Nanoseconds) {
        self.target = target
        self.operation = operation
        self.duration = duration
    }

    /// Time between two tokens after the first; nil when there are fewer than two.
    var perToken: Nanoseconds? {
        guard let firstToken, let outputTokens, outputTokens > 1, duration > firstToken else {
            return nil
        }
        return Nanoseconds((duration.value - firstToken.value) / Int64(outputTokens - 1))
    }
}
