// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects

/// What is measured, as often as `rounds` says; the bytes made are counted, so that none is spared.
struct Work {
    let source: WireFormat
    let target: WireFormat
    let stream: SampleStream
    let chat: SampleChat
    let answer: Bytes

    init(from source: WireFormat, to target: WireFormat) {
        self.source = source
        self.target = target
        stream = SampleStream(source)
        chat = SampleChat(target)
        answer = SampleChat(source).answer
    }

    /// One input for each piece of a provider's stream, as it comes from the network.
    func chunks(_ rounds: Int) throws -> Int {
        let translator = StreamTranslator.make(from: source, to: target, for: .sample)
        var writer = ByteWriter(capacity: 64 * 1024)
        for event in stream.head { try translator.onBytes(event.span, to: &writer) }
        var count = writer.count
        for _ in 0..<rounds {
            writer.removeAll(keepingCapacity: true)
            try translator.onBytes(stream.piece.span, to: &writer)
            count += writer.count
        }
        precondition(writer.count > 0, "nothing came of a piece")
        for event in stream.tail { try translator.onBytes(event.span, to: &writer) }
        try translator.finish(&writer)
        return count
    }

    /// The caller's request in the target's format becomes one in the source's.
    func requests(_ rounds: Int) throws -> Int {
        var count = 0
        for _ in 0..<rounds {
            let request = try Translator.request(chat.request, in: target)
            var notes = TranslationNotes()
            let traits = TargetTraits(model: request.model)
            count += try Translator.body(of: request, in: source, for: traits, notes: &notes).count
        }
        return count
    }

    /// The source's answer becomes one in the target's format.
    func answers(_ rounds: Int) throws -> Int {
        var count = 0
        for _ in 0..<rounds {
            let whole = try Translator.answer(answer, in: source)
            count += Translator.body(of: whole, in: target, for: .sample).count
        }
        return count
    }

    /// What handing the same pieces through costs.
    func passedChunks(_ rounds: Int) -> Int {
        var tap = StreamTap(mode: .observe, format: source)
        var count = 0
        for _ in 0..<rounds { count += tap.onBytes(stream.piece.span).relay.count }
        return count
    }

    /// What handing a request and its answer through costs.
    func passedChats(_ rounds: Int) throws -> Int {
        let operation: Operation =
            switch target {
            case .messages: .messages
            case .responses: .responses
            default: .chatCompletions
            }
        let sample =
            target == .messages || target == .responses ? chat : SampleChat(.chatCompletions)
        var count = 0
        for _ in 0..<rounds {
            let request = try InferenceRequest(body: sample.request, operation: operation)
            count += request.upstreamBody(model: request.model).count
            count += AnswerFacts(sample.answer).usage?.inputTokens ?? 0
        }
        return count
    }
}
