// SPDX-License-Identifier: Apache-2.0
public import Core

/// Watches an event stream as it passes and says which bytes to relay.
///
/// Whole events inside one input are judged in place and relayed as one range with their
/// neighbours. An event that is cut is kept to be looked at when it is whole; while withholding,
/// it is held back only until it can no longer be a usage-only chunk.
public struct StreamTap: ~Copyable {
    /// Whether the client gets everything.
    public enum Mode: Sendable {
        /// The client asked for usage, or takes what comes: everything is relayed at once.
        case observe
        /// Usage was asked for in the client's place: the chunk that has nothing else is kept out.
        case withhold
    }

    /// What to do with an input: send `held`, then `relay` of the input, then ask on from `next`.
    public struct Step: Sendable, Equatable {
        /// Bytes of earlier inputs, now known to be for the client.
        public var held: Bytes
        public var relay: Range<Int>
        public var next: Int

        public init(held: Bytes = Bytes(), relay: Range<Int>, next: Int) {
            self.held = held
            self.relay = relay
            self.next = next
        }
    }

    /// How a stream ended.
    public enum Ending: Sendable { case complete, failed, truncated }

    /// What is left at the end.
    public struct Rest: Sendable, Equatable {
        /// Bytes still to be sent to the client.
        public var held: Bytes
        public var ending: Ending
    }

    /// Most bytes of an event held back from the client. Usage chunks have under 2 KiB; more only
    /// delays and costs memory, less would let a padded usage chunk through.
    public static var heldLimit: Int { 64 * 1024 }
    /// Most bytes of a cut event kept for looking at; usage inside a longer one is not seen.
    public static var observedLimit: Int { 1024 * 1024 }

    /// What was seen so far.
    public private(set) var facts: StreamFacts
    /// Whether the client has the beginning of an event whose end has not come.
    public var isMidEvent: Bool { isSplit && !isHolding }
    /// Who wants the text of the events; nil while nobody does.
    public var text: StreamText?
    private let mode: Mode
    private var boundary = EventBoundary()
    private var glimpse = ChoicesGlimpse()
    /// The bytes of the current event from earlier inputs.
    private var pending = ByteWriter()
    /// Whether the current event began in an earlier input.
    private var isSplit = false
    /// Whether `pending` has not been relayed.
    private var isHolding = false
    private var isOverlong = false
    /// Whether the event before was withheld, with an LF that may yet come.
    private var lastWasWithheld = false

    /// For a stream in this format; only chat completions are ever withheld from.
    public init(mode: Mode, format: WireFormat = .chatCompletions) {
        self.mode = mode
        facts = StreamFacts(format: format)
    }

    /// Takes an input from `from` on; to be repeated until the step's `next` is the input's count.
    public mutating func onBytes(_ input: Span<UInt8>, from: Int = 0) -> Step {
        var step = Step(relay: from..<from, next: from)
        var relayStart = from
        var position = from
        if !isSplit, boundary.isAfterCarriageReturn {
            position = boundary.skipLineFeed(in: input, at: from)
            if lastWasWithheld { relayStart = position }
        }
        while position < input.count {
            guard let end = boundary.end(in: input, from: position) else {
                onCut(input, at: position, &step)
                let mayRelay = mode == .observe || !isHolding
                step.relay = relayStart..<(mayRelay ? input.count : position)
                step.next = input.count
                return step
            }
            let isWithheld = onEvent(input.extracting(position..<end), &step)
            lastWasWithheld = isWithheld
            if isWithheld {
                step.relay = relayStart..<position
                step.next = end
                return step
            }
            position = end
        }
        step.relay = relayStart..<input.count
        step.next = input.count
        return step
    }

    /// Judges the last event, which may lack its empty line, and the stream as a whole.
    public mutating func finish() -> Rest {
        var verdict = StreamFacts.Verdict.usual
        let last = pending.take()
        if isSplit, !isOverlong { verdict = facts.note(event: last.span) }
        let held = isHolding && verdict != .usageOnly ? last : Bytes()
        resetEvent()
        return Rest(held: held, ending: ending(lastIsBroken: verdict == .malformed))
    }

    private func ending(lastIsBroken: Bool) -> Ending {
        if facts.hasError { return .failed }
        if facts.isDone { return .complete }
        return facts.hasFinishReason && !lastIsBroken ? .complete : .truncated
    }

    /// Looks at an event whose end is in this input; true if it is to be kept from the client.
    @inline(__always)
    private mutating func onEvent(_ part: Span<UInt8>, _ step: inout Step) -> Bool {
        guard isSplit else {
            text?.append(event: part)
            return facts.note(event: part) == .usageOnly && mode == .withhold
        }
        return onSplitEvent(part, &step)
    }

    @inline(never)
    private mutating func onSplitEvent(_ part: Span<UInt8>, _ step: inout Step) -> Bool {
        let earlier = pending.count
        if !isOverlong { pending.append(part) }
        let event = pending.take()
        let verdict = isOverlong ? .usual : facts.note(event: event.span)
        text?.append(event: event.span)
        let isWithheld = isHolding && verdict == .usageOnly
        if isHolding, !isWithheld { step.held = event[0..<earlier] }
        resetEvent()
        return isWithheld
    }

    /// Keeps the rest of an input, which ends within an event.
    @inline(never)
    private mutating func onCut(_ input: Span<UInt8>, at start: Int, _ step: inout Step) {
        let part = input.extracting(start..<input.count)
        if !isSplit {
            isSplit = true
            isHolding = mode == .withhold
        }
        if isHolding, glimpse.feed(part) || pending.count + part.count > Self.heldLimit {
            // Nothing pending: the event began in this input, and `held` may be of the one before.
            if !pending.isEmpty { step.held = Bytes(copying: pending.span) }
            isHolding = false
        }
        keep(part)
    }

    private mutating func keep(_ part: Span<UInt8>) {
        if pending.count + part.count > Self.observedLimit {
            isOverlong = true
            pending.removeAll()
        }
        if !isOverlong { pending.append(part) }
    }

    private mutating func resetEvent() {
        pending.removeAll(keepingCapacity: pending.capacity <= 2 * Self.heldLimit)
        glimpse = ChoicesGlimpse()
        isSplit = false
        isHolding = false
        isOverlong = false
    }
}
