// SPDX-License-Identifier: Apache-2.0
public import Core
import JSON

/// A validated request body with the values that the gateway acts upon; all else is carried as is.
///
/// One request has one owner: copies would cost references and say nothing new.
public struct InferenceRequest: ~Copyable, Sendable {
    public let operation: Operation
    /// The caller's bytes, untouched.
    public let body: Bytes
    /// The model asked for, escapes resolved.
    public let model: Bytes
    /// Where the model's value stands in the body, quotes included; empty if the path names it.
    public let modelRange: Range<Int>
    public let isStreaming: Bool
    /// Whether the caller asked for the final usage chunk of a stream.
    public let includesUsage: Bool
    /// The caller's bound on output tokens per choice, by either of its names.
    public let maxOutputTokens: Int?
    /// How many answers are asked for (`n`).
    public let choiceCount: Int
    public let user: Bytes?
    /// How many messages a chat has; 0 for other operations.
    public let messageCount: Int
    /// Whether one of them, if they were counted, is an answer that was given before.
    public let hasAnswers: Bool
    /// Where the messages, prompt or input stand in the body.
    public let inputRange: Range<Int>
    let usageEdit: UsageEdit

    /// Validates a body; the operation must be one with a body.
    public init(body: Bytes, operation: Operation) throws(RequestFault) {
        precondition(operation.isInference, "an operation without a body")
        let scan: RequestScan
        do throws(JSONFault) { scan = try RequestScan(body) } catch {
            throw RequestFault(malformed: error)
        }
        guard scan.root == .object else {
            throw .wrongType("The body", expected: "an object", found: scan.root)
        }
        let fields = RequestFields(scan: scan, body: body)
        // All that can fail comes first.
        let model = try Self.model(fields, operation)
        let input = try fields.inputRange(of: operation)
        let stream = try Self.stream(fields, operation, scan)
        let newer = try fields.int(.maxCompletionTokens, atLeast: 0)
        let older = try fields.int(.maxTokens, atLeast: 0)
        let choices = try fields.int(.choiceCount, atLeast: 1)
        user = try fields.string(.user)
        self.operation = operation
        self.body = body
        self.model = model.text
        modelRange = model.range
        inputRange = input
        messageCount = scan.messageCount
        hasAnswers = scan.hasAnswers
        isStreaming = stream.isWanted
        includesUsage = stream.includesUsage
        usageEdit = stream.edit
        maxOutputTokens = newer ?? older
        choiceCount = choices ?? 1
    }

    private static func model(
        _ fields: RequestFields, _ operation: Operation
    ) throws(RequestFault) -> (text: Bytes, range: Range<Int>) {
        // The path names it.
        if case .gemini(_, let name) = operation { return (name, 0..<0) }
        return try fields.model()
    }

    private static func stream(
        _ fields: RequestFields, _ operation: Operation, _ scan: RequestScan
    ) throws(RequestFault) -> (isWanted: Bool, includesUsage: Bool, edit: UsageEdit) {
        guard operation.takesStreamOptions else {
            // The other formats end with their usage without being asked.
            return (try fields.isStreaming(operation), true, .insertMember(at: scan.closingBrace))
        }
        let isWanted = try fields.bool(.stream) ?? false
        let options = try fields.streamOptions()
        return (isWanted, options.includesUsage, options.edit)
    }
}
