// SPDX-License-Identifier: Apache-2.0
internal import Core

/// Calls on stored objects, whose bodies are not collected.
extension ServerConnection {
    /// Whether a request is being answered.
    var isExchanging: Bool { phase == .exchanging || phase == .streaming }

    /// A piece of a body that is not simply kept: over its limit, or of a call that passes it on.
    func onUnkeptBody(_ bytes: Span<UInt8>) {
        switch phase {
        case .streaming: stored?.onRequestBody(bytes)
        case .body: onFullBody(bytes)
        case .idle, .head, .discarding, .exchanging, .closed: break
        }
    }

    private func onFullBody(_ bytes: Span<UInt8>) {
        guard let reception else { return }
        guard case .stored(let call) = reception.endpoint else {
            return refuse(reception, reception.tooLarge, keepAlive: false)
        }
        beginStreaming()
        worker.begin(stored: call, reception, on: self, isWhole: false)
        stored?.onRequestBody(bytes)
    }

    /// A call on a stored object has taken over until `finishStored` or `breakOffStored`.
    func begin(_ exchange: StoredExchange) { stored = exchange }

    /// The body that is passed on is whole; the next request waits for the answer.
    func onStreamedEnd() {
        guard phase == .streaming else { return }
        endStreaming()
        stored?.onRequestEnd()
    }

    /// The answer is written; a client that still sends is not listened to any more.
    func finishStored(keepAlive: Bool) {
        stored = nil
        finish(keepAlive: keepAlive && phase == .exchanging)
    }

    func breakOffStored(reset: Bool) {
        stored = nil
        breakOff(reset: reset)
    }
}
