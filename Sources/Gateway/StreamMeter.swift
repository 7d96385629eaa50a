// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import Dialects
internal import Metering
internal import Upstreams

/// Counts the tokens of a stream as it passes, for a provider that may not tell them itself.
///
/// Text is counted in batches that end between two words, so that no token but those of very long
/// words is cut, and nothing longer than a batch is kept.
final class StreamMeter {
    /// Bytes that are counted at once: some 15 us of work.
    private static let batch = 1024

    let text: StreamText
    private(set) var tokens = 0
    private let encoding: TokenEncoding?

    /// For a stream in this format, with a model's tokenizer.
    init(_ format: WireFormat, model: Bytes) {
        text = StreamText(format)
        encoding = TokenEncoding(model: model.string)
    }

    /// Counts what has come if it is worth it.
    func count() {
        if text.count >= Self.batch { count(text.take(isEnd: false)) }
    }

    /// Counts the rest.
    func finish() { count(text.take(isEnd: true)) }

    private func count(_ text: Bytes) {
        guard !text.isEmpty else { return }
        tokens += TokenEstimate(of: text.span, encoding: encoding).tokens
    }
}

extension Exchange {
    /// An answer has begun: its tokens are counted unless its provider is known to tell them.
    ///
    /// A provider whose last stream told them is believed for the next one, so that counting costs
    /// nothing where it is not needed.
    func beginMeter(status: Int) {
        meter = nil
        guard request.isStreaming, status < 300, let target = candidate?.target,
            !live.pools[target.upstream].tellsUsage
        else { return }
        let format = translation?.attempt?.format ?? request.operation.answerFormat
        meter = StreamMeter(format, model: target.model(asked: request.model))
    }

    /// What is known of an answer that told no usage.
    func uncounted(_ answer: UncountedAnswer) -> UncountedAnswer {
        guard let meter else { return answer }
        meter.finish()
        return meter.tokens > 0 ? .counted(meter.tokens) : answer
    }

    /// A stream has come to its end: whether it told its usage is remembered.
    func noteUsageTold() {
        guard request.isStreaming, let target = candidate?.target else { return }
        live.pools[target.upstream].tellsUsage = facts.usage != nil
    }
}
