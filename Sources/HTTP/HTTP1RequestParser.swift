// SPDX-License-Identifier: Apache-2.0
import Core

/// What the bytes of a client mean, in the order they came.
public enum RequestEvent: Sendable {
    /// All input is consumed; come back with more.
    case needMore
    case head(RequestHead)
    /// Body bytes: a range of the very input that was given.
    case body(Range<Int>)
    /// The request is whole; the next one may follow in the same input.
    case end
    /// The connection must be answered and closed; every later call says the same.
    case failure(HTTPFault)
}

/// The server's side of one HTTP/1.1 connection (RFC 9112), strict, without I/O.
///
/// A head that lies whole in the input is read in one pass and copied once. One that is cut is
/// collected inside, up to its limit, and the scan goes on where it stopped.
public struct HTTP1RequestParser: ~Copyable {
    /// idle → head → body → idle or closed; each of them → failed.
    private enum State { case idle, head, body, closed, failed(HTTPFault) }

    private let limits: HTTPLimits
    private var state = State.idle
    private var line = RequestLineScanner()
    private var isLineDone = false
    private var fields = FieldScanner()
    private var pending = ByteWriter()
    private var body: BodyReader
    private var keepsAlive = true
    private var emptyLines = 0
    private var wantsLineFeed = false

    public init(limits: HTTPLimits = HTTPLimits()) {
        limits.check()
        self.limits = limits
        body = BodyReader(limits: limits)
    }

    /// Whether no request has begun, so that waiting here is idleness and not slowness.
    public var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Whether a head has begun and is not whole yet.
    public var isReadingHead: Bool { if case .head = state { true } else { false } }

    /// The trailers of the request that ended last; nil if it had none that may be used.
    public var trailers: FieldTable? { body.trailers }

    /// The next event. Call again with the unconsumed rest until `needMore`, which leaves none.
    ///
    /// After a request that closes the connection, all further bytes are swallowed unread.
    public mutating func next(_ input: Span<UInt8>) -> (consumed: Int, event: RequestEvent) {
        switch state {
        case .idle: return beginHead(input)
        case .head: return resumeHead(input)
        case .body: return nextBody(input)
        case .closed: return (input.count, .needMore)
        case .failed(let fault): return (0, .failure(fault))
        }
    }

    /// The fault of ending here: `truncated` in the middle of a request, nil between two.
    public mutating func onEndOfInput() -> HTTPFault? {
        switch state {
        case .idle, .closed: return nil
        case .failed(let fault): return fault
        case .head, .body:
            state = .failed(.truncated)
            return .truncated
        }
    }

    // MARK: - Head

    private mutating func beginHead(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: RequestEvent) {
        let start = skipEmptyLines(input)
        guard !wantsLineFeed || start == input.count else { return fail(.bareCarriageReturn) }
        guard emptyLines <= limits.emptyLines else { return fail(.tooManyEmptyLines) }
        guard start < input.count else { return (start, .needMore) }
        line = RequestLineScanner()
        isLineDone = false
        emptyLines = 0
        let head = input.extracting(start..<min(input.count, start + limits.headBytes))
        switch scan(head) {
        case .done:
            return finishHead(head.extracting(0..<fields.position), consumed: start)
        case .failure(let fault):
            return fail(fault)
        case .needMore:
            guard head.count < limits.headBytes else { return fail(.headTooLarge) }
            pending.append(head)
            state = .head
            return (input.count, .needMore)
        }
    }

    private mutating func resumeHead(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: RequestEvent) {
        let before = pending.count
        pending.append(input.extracting(0..<min(input.count, limits.headBytes - before)))
        // Out of `self` and back, so that its bytes can be read while the scanners change.
        var collected = ByteWriter()
        swap(&collected, &pending)
        let step = scan(collected.span)
        switch step {
        case .done:
            let head = collected.span.extracting(0..<fields.position)
            return finishHead(head, consumed: -before)
        case .failure(let fault):
            return fail(fault)
        case .needMore:
            guard collected.count < limits.headBytes else { return fail(.headTooLarge) }
            swap(&collected, &pending)
            return (input.count, .needMore)
        }
    }

    /// Goes on scanning the head of which `bytes` is the beginning.
    private mutating func scan(_ bytes: Span<UInt8>) -> FieldScanner.Step {
        if !isLineDone {
            switch line.scan(bytes, maxTargetBytes: limits.targetBytes) {
            case .needMore: return .needMore
            case .failure(let fault): return .failure(fault)
            case .done:
                isLineDone = true
                fields.begin(at: line.position)
            }
        }
        return fields.scan(bytes, maxCount: limits.fieldCount)
    }

    /// `consumed` is what of the input lies before the head, negative if part of it came earlier.
    private mutating func finishHead(
        _ bytes: Span<UInt8>, consumed: Int
    ) -> (consumed: Int, event: RequestEvent) {
        do throws(HTTPFault) {
            let head = try RequestHead(bytes, line: line, scanner: fields)
            keepsAlive = head.keepAlive
            body.begin(head.framing)
            state = .body
            return (consumed + bytes.count, .head(head))
        } catch {
            return fail(error)
        }
    }

    /// Counts empty lines before a request line; the position of the first byte behind them.
    private mutating func skipEmptyLines(_ input: Span<UInt8>) -> Int {
        var position = 0
        while position < input.count, emptyLines <= limits.emptyLines {
            if wantsLineFeed {
                guard input[position] == 0x0A else { return position }
                wantsLineFeed = false
                emptyLines += 1
            } else {
                guard input[position] == 0x0D else { return position }
                wantsLineFeed = true
            }
            position += 1
        }
        return position
    }

    // MARK: - Body

    private mutating func nextBody(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: RequestEvent) {
        let (consumed, event) = body.next(input)
        switch event {
        case .needMore: return (consumed, .needMore)
        case .data(let range): return (consumed, .body(range))
        case .failure(let fault): return fail(fault)
        case .end:
            state = keepsAlive ? .idle : .closed
            return (consumed, .end)
        }
    }

    private mutating func fail(_ fault: HTTPFault) -> (consumed: Int, event: RequestEvent) {
        state = .failed(fault)
        pending.removeAll()
        return (0, .failure(fault))
    }
}
