// SPDX-License-Identifier: Apache-2.0
import Core
import JSON
import Testing

@testable import Dialects

/// Whatever an answer has beside its text is in the other format too, or in the notes.
@Suite struct GoldenLossTests {
    @Test(
        "a whole answer loses nothing silently, and nothing is noted that is still there",
        arguments: GoldenExchange.answers)
    func answers(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let answer = try source.readAnswer(exchange.response)
        for target in GoldenFormat.all where target.format != source.format {
            let caller = GoldenFormat.caller(EscapedText("m"), of: source.format)
            let again = try target.readAnswer(target.writeAnswer(answer, caller))
            let notes = Translator.losses(of: answer, in: target.format)
            check(Features(answer), Features(again), notes, "\(exchange.id)>\(target.format)")
        }
    }

    @Test("a stream loses nothing silently either", arguments: GoldenExchange.streams)
    func streams(exchange: GoldenExchange) throws {
        let source = GoldenFormat.of(exchange.format)
        let events = GoldenEvent.events(of: exchange.response, format: exchange.format)
        let frames = source.readStream(events).frames
        for target in GoldenFormat.all where target.format != source.format {
            var losses = AnswerLosses(in: target.format)
            for frame in frames { losses.take(frame) }
            let caller = GoldenFormat.caller(EscapedText("m"), of: source.format)
            let written = target.writeStream(frames, caller, nil)
            let again = target.readStream(GoldenEvent.events(of: written, format: target.format))
            check(
                Features(frames), Features(again.frames), losses.notes,
                "\(exchange.id)>\(target.format)")
        }
    }

    private func check(
        _ before: Features, _ after: Features, _ notes: TranslationNotes, _ name: String
    ) {
        func holds(_ isLost: Bool, _ path: Bytes) {
            #expect(
                notes.dropped.contains(path) == isLost, "\(name): \(path.string) lost: \(isLost)")
        }
        // More than the notes hold at most proves nothing.
        guard notes.dropped.count < TranslationNotes.limit else { return }
        holds(!before.choices.isSubset(of: after.choices), "answer.choices")
        holds(
            !before.urls.isSubset(of: after.urls) || before.otherCitations > 0, "answer.citations")
        holds(before.odds > after.odds, "answer.logprobs")
        let isProofLost = before.hasProof && !after.hasProof
        let isCallProofLost = before.hasCallProof && !after.hasCallProof
        holds(isProofLost || isCallProofLost, "answer.signature")
        for type in before.foreign { holds(true, Bytes("answer." + type)) }
    }

    /// What an answer has beside text, thoughts and calls.
    private struct Features {
        var choices: Set<Int> = []
        var urls: Set<String> = []
        var otherCitations = 0
        /// Tokens with their probability.
        var odds = 0
        var hasProof = false
        var hasCallProof = false
        var foreign: Set<String> = []

        init(_ answer: ChatAnswer) {
            for choice in answer.choices {
                if !choice.parts.isEmpty { choices.insert(choice.index) }
                if let whole = choice.logprobs { count(whole) }
                for part in choice.parts { take(part, choice.index) }
            }
        }

        init(_ frames: [StreamFrame]) {
            var isCall = false
            for frame in frames {
                for event in frame.events { take(event, frame.choice, &isCall) }
            }
        }

        private mutating func take(_ part: ContentPart, _ choice: Int) {
            part.citations.forEach { cite($0) }
            switch part.kind {
            case .toolCall(let call): if call.signature != nil { hasCallProof = true }
            case .reasoning(let thought):
                let proof = thought.signature ?? thought.sealed
                if proof?.isEmpty == false { hasProof = true }
            case .foreign(let type, _): foreign.insert(type.decoded.string)
            default: break
            }
        }

        private mutating func take(_ event: StreamEvent, _ choice: Int, _ isCall: inout Bool) {
            switch event {
            case .text, .reasoning, .refusal:
                isCall = false
                choices.insert(choice)
            case .toolCall, .toolArguments:
                isCall = true
                choices.insert(choice)
            case .citation(let whole): cite(whole)
            case .logprobs(let whole): count(whole)
            case .signature(let text), .sealedReasoning(let text):
                if isCall { hasCallProof = true } else if !text.isEmpty { hasProof = true }
            case .foreign(let type, _): foreign.insert(type.decoded.string)
            default: break
            }
        }

        private mutating func cite(_ whole: Bytes) {
            if let citation = Citation(whole) {
                urls.insert(citation.url.decoded.string)
            } else {
                otherCitations += 1
            }
        }

        private mutating func count(_ whole: Bytes) {
            guard let list = TokenOdds.list(whole) else { return odds += 1 }
            odds += ChatBody(list).elements(of: list.root(.array)).count
        }
    }
}
