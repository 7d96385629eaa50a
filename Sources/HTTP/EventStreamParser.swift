// SPDX-License-Identifier: Apache-2.0
public import Core

/// Server-sent events (WHATWG HTML section 9.2.6) out of bytes that may be cut anywhere.
///
/// An event that lies whole in the input is reported as ranges of it. One that is cut is collected
/// inside, up to a limit. Events without data are not reported, as the standard says.
public struct EventStreamParser: ~Copyable {
    /// Room for images in base64, which some providers send as one event.
    public static let defaultMaxEventBytes = 16 * 1024 * 1024

    /// Bytes of one event, line ends and comments included; more fails the stream.
    public let maxEventBytes: Int
    /// The id of the last event that had one; what a client would send to resume.
    public private(set) var lastEventID = Bytes()
    /// The reconnection time that the server asked for last.
    public private(set) var retryMilliseconds: Int?

    private var scanner = EventScanner()
    /// The event under way when its beginning came earlier, or the one reported last.
    private var pending = ByteWriter()
    private var joined = ByteWriter()
    private var isReported = false
    /// Bytes of the byte order mark matched so far; nil once it is settled.
    private var markMatched: Int? = 0
    private var fault: EventStreamFault?

    public init(maxEventBytes: Int = Self.defaultMaxEventBytes) {
        precondition(maxEventBytes > 0, "an event has at least one byte")
        self.maxEventBytes = maxEventBytes
    }

    /// Whether an event has begun and is not whole; it is lost if the stream ends here.
    public var isInsideEvent: Bool {
        !isReported && !pending.isEmpty || (markMatched ?? 0) > 0
    }

    /// The next event. Call again with the unconsumed rest until `needMore`, which leaves none.
    public mutating func next(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: EventStreamEvent) {
        if let fault { return (0, .failure(fault)) }
        if isReported { forget() }
        var start = markMatched == nil ? 0 : skipMark(input)
        start = skipLineFeed(input, start)
        if !pending.isEmpty {
            let (consumed, event) = resume(input, from: start)
            if let event { return (consumed, event) }
            start = skipLineFeed(input, consumed)
        }
        return scanInput(input, from: start)
    }

    /// The data of an event just reported for this input; lines are joined by line feeds.
    @_lifetime(borrow self, copy input)
    public func data(of event: ServerSentEvent, in input: Span<UInt8>) -> Span<UInt8> {
        if event.isJoined { return joined.span }
        return event.place == .input
            ? input.extracting(event.data) : pending.span.extracting(event.data)
    }

    /// The type of an event just reported for this input; empty means `message`.
    @_lifetime(borrow self, copy input)
    public func name(of event: ServerSentEvent, in input: Span<UInt8>) -> Span<UInt8> {
        event.place == .input
            ? input.extracting(event.name) : pending.span.extracting(event.name)
    }

    // MARK: - Private

    /// Reads events straight from the input; what is left of one at its end is collected.
    private mutating func scanInput(
        _ input: Span<UInt8>, from first: Int
    ) -> (consumed: Int, event: EventStreamEvent) {
        var start = first
        scanner.begin(at: start)
        while case .dispatch = scanner.scan(input, joined: &joined) {
            guard scanner.position - start <= maxEventBytes else { return (0, fail()) }
            if let event = dispatch(input, place: .input) { return (scanner.position, event) }
            start = scanner.position
            scanner.begin(at: start)
        }
        guard input.count - start <= maxEventBytes else { return (0, fail()) }
        pending.append(input.extracting(start..<input.count))
        scanner.rebase(to: start)
        return (input.count, .needMore)
    }

    /// Goes on with a collected event line by line; no event means that it had no data.
    private mutating func resume(
        _ input: Span<UInt8>, from start: Int
    ) -> (consumed: Int, event: EventStreamEvent?) {
        var position = start
        // Out of `self` and back, so that its bytes can be read while the scanner changes.
        var collected = ByteWriter()
        swap(&collected, &pending)
        while position < input.count {
            position = skipLineFeed(input, position)
            var end = input.indexOfLineBreak(from: position)
            if end < input.count { end += 1 }
            if end < input.count, input[end - 1] == 0x0D, input[end] == 0x0A { end += 1 }
            guard collected.count + end - position <= maxEventBytes else { return (0, fail()) }
            collected.append(input.extracting(position..<end))
            position = end
            if case .dispatch = scanner.scan(collected.span, joined: &joined) {
                let event = dispatch(collected.span, place: .buffer)
                if event != nil { swap(&collected, &pending) }
                return (position, event)
            }
        }
        swap(&collected, &pending)
        return (position, .needMore)
    }

    private mutating func dispatch(
        _ bytes: Span<UInt8>, place: ServerSentEvent.Place
    ) -> EventStreamEvent? {
        if let id = scanner.id { lastEventID = Bytes(copying: bytes.extracting(id)) }
        if let retry = scanner.retryMilliseconds { retryMilliseconds = retry }
        guard scanner.dataLines > 0 else { return nil }
        isReported = true
        return .event(
            ServerSentEvent(
                place: place, name: scanner.name, data: scanner.data,
                isJoined: scanner.dataLines > 1))
    }

    /// Lets go of the event reported last.
    private mutating func forget() {
        isReported = false
        // A large block goes back; the next event will hardly be as large.
        let isSmall = pending.capacity <= 64 * 1024
        pending.removeAll(keepingCapacity: isSmall)
    }

    private mutating func fail() -> EventStreamEvent {
        fault = .eventTooLarge
        pending.removeAll()
        return .failure(.eventTooLarge)
    }

    /// Skips the line feed that a carriage return at the end of earlier bytes may be owed.
    private mutating func skipLineFeed(_ input: Span<UInt8>, _ position: Int) -> Int {
        guard scanner.mayOweLineFeed, position < input.count else { return position }
        scanner.settleLineFeed()
        return input[position] == 0x0A ? position + 1 : position
    }

    /// Skips a byte order mark at the very start of the stream; returns where the rest begins.
    private mutating func skipMark(_ input: Span<UInt8>) -> Int {
        let mark: [3 of UInt8] = [0xEF, 0xBB, 0xBF]
        var matched = markMatched ?? 3
        var position = 0
        while position < input.count, matched < 3, input[position] == mark[matched] {
            matched += 1
            position += 1
        }
        markMatched = matched
        if matched == 3 {
            markMatched = nil
        } else if position < input.count {
            // Not a mark after all: what matched belongs to the first line.
            for index in 0..<matched { pending.append(mark[index]) }
            markMatched = nil
        }
        return position
    }
}
