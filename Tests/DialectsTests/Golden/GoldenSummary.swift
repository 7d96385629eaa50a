// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import JSON

/// What no translation may change: the text, the calls, why it ended, the tokens.
struct GoldenSummary: Equatable {
    struct Call: Equatable {
        var name: String
        var arguments: String
    }

    /// The text of choice 0; refusals count as text.
    var text = ""
    var reasoning = ""
    var calls: [Call] = []
    var finish: FinishReason?
    var inputTokens: Int?
    var outputTokens: Int?

    init(_ frames: [StreamFrame]) {
        for frame in frames where frame.choice == 0 {
            for event in frame.events { take(event) }
        }
        for frame in frames where frame.choice != 0 {
            for case .usage(let usage) in frame.events { take(usage) }
        }
        normalise()
    }

    init(_ answer: ChatAnswer) {
        for part in answer.choices.first?.parts ?? [] {
            switch part.kind {
            case .text(let piece), .refusal(let piece): text += piece.decoded.string
            case .reasoning(let thought): reasoning += thought.text?.decoded.string ?? ""
            case .toolCall(let call):
                calls.append(
                    Call(name: call.name.decoded.string, arguments: call.arguments.string))
            default: break
            }
        }
        finish = answer.choices.first?.finish?.reason
        if let usage = answer.usage { take(usage) }
        normalise()
    }

    private mutating func take(_ event: StreamEvent) {
        switch event {
        case .text(let piece), .refusal(let piece): text += piece.decoded.string
        case .reasoning(let piece): reasoning += piece.decoded.string
        case .toolCall(_, _, let name):
            calls.append(Call(name: name.decoded.string, arguments: ""))
        case .toolArguments(let index, let piece):
            guard calls.indices.contains(index) else { return }
            calls[index].arguments += piece.decoded.string
        case .finish(let reached): finish = reached.reason
        case .usage(let usage): take(usage)
        default: break
        }
    }

    private mutating func take(_ usage: Usage) {
        inputTokens = usage.inputTokens
        outputTokens = usage.billedOutputTokens
    }

    /// No arguments and an empty object are the same.
    private mutating func normalise() {
        for index in calls.indices {
            if calls[index].arguments.isEmpty { calls[index].arguments = "{}" }
        }
        // Some providers say that they stopped when they made a call.
        if !calls.isEmpty, finish == .stop { finish = .toolCalls }
    }

    /// What differs in the other summary; nil if nothing does.
    func difference(from other: GoldenSummary) -> String? {
        if text != other.text {
            return "text: \(text.debugDescription) / \(other.text.debugDescription)"
        }
        if reasoning != other.reasoning {
            return "reasoning: \(reasoning.debugDescription) / \(other.reasoning.debugDescription)"
        }
        if let finish, finish.group != other.finish?.group {
            return "finish: \(finish) / \(other.finish.map { "\($0)" } ?? "none")"
        }
        if !sameCalls(other.calls) { return "calls: \(calls) / \(other.calls)" }
        // Where the origin counted nothing, a format that must have counts says 0.
        guard inputTokens != nil else { return nil }
        if inputTokens != other.inputTokens || outputTokens != other.outputTokens {
            return "tokens: \(inputTokens ?? -1)+\(outputTokens ?? -1) / "
                + "\(other.inputTokens ?? -1)+\(other.outputTokens ?? -1)"
        }
        return nil
    }

    private func sameCalls(_ others: [Call]) -> Bool {
        guard calls.count == others.count else { return false }
        return zip(calls, others).allSatisfy { left, right in
            guard left.name == right.name else { return false }
            if left.arguments == right.arguments { return true }
            let one = GoldenJSON(Bytes(left.arguments))
            return one.difference(from: GoldenJSON(Bytes(right.arguments))) == nil
        }
    }
}

extension FinishReason {
    /// Reasons that not all formats tell apart.
    fileprivate var group: FinishReason {
        switch self {
        case .stop, .stopSequence, .pause, .other: .stop
        case .contentFilter, .refusal: .contentFilter
        case .length, .toolCalls, .error: self
        }
    }
}
