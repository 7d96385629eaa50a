// SPDX-License-Identifier: Apache-2.0
internal import Core
internal import HTTP
internal import Reactor

/// How an answer leaves: at its pace, piece by piece, no faster than the client reads.
extension ProviderConnection {
    private static let pieceTimer: UInt32 = 0
    private static let headTimer: UInt32 = 1

    /// Begins to deliver; the first byte leaves when the script's time to it has passed.
    func begin(_ answer: ProviderAnswer, behaviour: ProviderBehaviour, keepsAlive: Bool) {
        let script = provider.script
        let isPaced = isCounted && answer.status < 400
        delivery = AnswerDelivery(answer, behaviour: behaviour, script: effective(script)) {
            writeFields(of: answer, script, keepsAlive: keepsAlive, into: &$0)
        }
        self.keepsAlive = keepsAlive
        isHeadSent = false
        var delay: Duration = isPaced ? script.firstToken : .zero
        if isPaced, !answer.body.isStream { delay += script.perToken * max(0, answer.tokens - 1) }
        due = provider.loop.now + delay
        if behaviour == .slowHead {
            headLeft = delivery?.head ?? Bytes()
            return schedule(Self.headTimer)
        }
        delay > .zero ? schedule(Self.pieceTimer) : pump()
    }

    /// The script without faults and cuts for answers on the control path.
    private func effective(_ script: ProviderScript) -> ProviderScript {
        isCounted ? script : ProviderScript()
    }

    private func writeFields(
        of answer: ProviderAnswer, _ script: ProviderScript, keepsAlive: Bool,
        into writer: inout ByteWriter
    ) {
        if !keepsAlive { writer.appendField("connection", "close" as StaticString) }
        guard isCounted, script.replay == nil else { return }
        writer.appendField("date", provider.dates.bytes(at: provider.loop.wallNow))
        provider.service.writeFields(
            of: answer.status, script, now: provider.loop.wallNow, into: &writer)
        for field in script.headers { writer.append(field) }
    }

    // MARK: - Pace

    private func schedule(_ kind: UInt32) {
        timer = provider.loop.schedule(at: due, self, kind: kind)
    }

    /// A timer of the delivery is due.
    func onDue(_ kind: UInt32) {
        timer = nil
        guard phase == .answering else { return }
        kind == Self.headTimer ? sendHeadByte() : pump()
    }

    private func sendHeadByte() {
        write { $0.append(headLeft[0]) }
        headLeft = headLeft.dropFirst(1)
        isHeadSent = headLeft.isEmpty
        due = max(provider.loop.now, due + max(provider.script.perToken, .milliseconds(1)))
        schedule(isHeadSent ? Self.pieceTimer : Self.headTimer)
    }

    /// Sends what is due: one piece of a paced stream, or as much as the client takes.
    private func pump() {
        guard phase == .answering, var current = delivery else { return }
        // Taken out and put back, so that its payload is not copied when it changes.
        delivery = nil
        let pace = isPaced(current) ? provider.script.perToken : .zero
        var hasMore = true
        repeat {
            write { writer in
                if !isHeadSent { writer.append(current.head) }
                isHeadSent = true
                hasMore = current.next(
                    into: &writer, scratch: &provider.scratch, now: SystemClock.monotonic)
            }
        } while hasMore && pace == .zero && !transport.isCongested
        delivery = current
        guard hasMore else { return end(current) }
        if pace > .zero, !transport.isCongested {
            due = max(provider.loop.now, due + pace)
            schedule(Self.pieceTimer)
        }
    }

    private func isPaced(_ delivery: AnswerDelivery) -> Bool { delivery.isChunked && isCounted }

    /// The client has read; the next pieces leave on the next tick, so that others get their turn.
    func transportDidDrain(_ transport: Transport) {
        guard phase == .answering, delivery != nil, timer == nil else { return }
        due = provider.loop.now
        schedule(Self.pieceTimer)
    }

    private func end(_ delivery: AnswerDelivery) {
        switch delivery.ending {
        case .complete:
            if delivery.isChunked { write { $0.appendLastChunk() } }
            onAnswered(keepsAlive: keepsAlive)
        case .close: breakOff { $0.closeGently() }
        case .stall: self.delivery = nil
        case .errorEvent:
            write { writer in
                writer.appendChunk(ErrorEvent.bytes(provider.service.dialect).span)
                writer.appendLastChunk()
            }
            onAnswered(keepsAlive: keepsAlive)
        }
    }

    private func write(_ body: (inout ByteWriter) -> Void) {
        let before = transport.queuedBytes
        transport.write(body)
        let count = transport.queuedBytes - before
        bytesWritten += count
        if isCounted { provider.counters.bytesOut += count }
    }
}
