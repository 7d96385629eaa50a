// SPDX-License-Identifier: Apache-2.0
import Core

/// What the bytes of an upstream mean, in the order they came.
public enum ResponseEvent: Sendable {
    /// All input is consumed; come back with more.
    case needMore
    /// A 1xx response came and went; the final one is still to come.
    case informational(Int)
    case head(ResponseHead)
    /// Body bytes: a range of the very input that was given.
    case body(Range<Int>)
    /// The response is whole; bytes that follow it are a fault until the next `begin`.
    case end
    /// The connection is of no more use; every later call says the same.
    case failure(HTTPFault)
}

/// The client's side of one HTTP/1.1 connection (RFC 9112), strict, without I/O.
///
/// It must be told of each request by `begin(method:)`: bytes that answer no request are a fault.
public struct HTTP1ResponseParser: ~Copyable {
    /// idle → head → body → idle; head → head after 1xx; each of them → failed.
    private enum State { case idle, head, body, failed(HTTPFault) }

    private let limits: HTTPLimits
    private var state = State.idle
    private var method = HTTPMethod.get
    private var line = StatusLineScanner()
    private var isLineDone = false
    private var fields = FieldScanner()
    private var pending = ByteWriter()
    private var body: BodyReader
    private var informational = 0

    public init(limits: HTTPLimits = HTTPLimits()) {
        limits.check()
        self.limits = limits
        body = BodyReader(limits: limits)
    }

    /// Whether no response is awaited or under way.
    public var isIdle: Bool { if case .idle = state { true } else { false } }

    /// The trailers of the response that ended last; nil if it had none that may be used.
    public var trailers: FieldTable? { body.trailers }

    /// Expects the response to a request of this method; only when idle.
    public mutating func begin(method: HTTPMethod) {
        guard case .idle = state else { preconditionFailure("a response is still under way") }
        self.method = method
        informational = 0
        beginHead()
    }

    /// The next event. Call again with the unconsumed rest until `needMore`, which leaves none.
    public mutating func next(_ input: Span<UInt8>) -> (consumed: Int, event: ResponseEvent) {
        switch state {
        case .idle: return input.count > 0 ? fail(.unsolicitedBytes) : (0, .needMore)
        case .head: return nextHead(input)
        case .body: return nextBody(input)
        case .failed(let fault): return (0, .failure(fault))
        }
    }

    /// What the end of the connection means: `end` for a body it delimits, `needMore` when idle.
    ///
    /// Otherwise the fault tells whether the response had begun (`truncated`) or not
    /// (`closedBeforeResponse`, as when a kept connection closes under a new request).
    public mutating func onEndOfInput() -> ResponseEvent {
        switch state {
        case .idle:
            return .needMore
        case .head:
            let isFresh = pending.isEmpty && informational == 0
            return fail(isFresh ? .closedBeforeResponse : .truncated).event
        case .body where body.isUntilClose:
            // Nothing may follow: the connection is gone.
            state = .failed(.unsolicitedBytes)
            return .end
        case .body:
            return fail(.truncated).event
        case .failed(let fault):
            return .failure(fault)
        }
    }

    // MARK: - Head

    private mutating func beginHead() {
        state = .head
        line = StatusLineScanner()
        isLineDone = false
    }

    private mutating func nextHead(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: ResponseEvent) {
        let before = pending.count
        guard before > 0 else {
            let head = input.extracting(0..<min(input.count, limits.headBytes))
            let answer = scanHead(head, before: 0)
            if case .needMore = answer.event { pending.append(head) }
            return answer
        }
        pending.append(input.extracting(0..<min(input.count, limits.headBytes - before)))
        // Out of `self` and back, so that its bytes can be read while the scanners change.
        var collected = ByteWriter()
        swap(&collected, &pending)
        let answer = scanHead(collected.span, before: before)
        if case .needMore = answer.event { swap(&collected, &pending) }
        return answer
    }

    /// Goes on scanning the head, whose first `before` bytes came with earlier input.
    private mutating func scanHead(
        _ bytes: Span<UInt8>, before: Int
    ) -> (consumed: Int, event: ResponseEvent) {
        switch scan(bytes) {
        case .failure(let fault):
            return fail(fault)
        case .needMore:
            guard bytes.count < limits.headBytes else { return fail(.headTooLarge) }
            return (bytes.count - before, .needMore)
        case .done:
            let consumed = fields.position - before
            return (consumed, finishHead(bytes.extracting(0..<fields.position)))
        }
    }

    private mutating func scan(_ bytes: Span<UInt8>) -> FieldScanner.Step {
        if !isLineDone {
            switch line.scan(bytes) {
            case .needMore: return .needMore
            case .failure(let fault): return .failure(fault)
            case .done:
                isLineDone = true
                fields.begin(at: line.position)
            }
        }
        return fields.scan(bytes, maxCount: limits.fieldCount)
    }

    private mutating func finishHead(_ bytes: Span<UInt8>) -> ResponseEvent {
        if line.status < 200 { return finishInformational() }
        do throws(HTTPFault) {
            let head = try ResponseHead(bytes, line: line, scanner: fields, method: method)
            body.begin(head.framing)
            state = .body
            return .head(head)
        } catch {
            return fail(error).event
        }
    }

    private mutating func finishInformational() -> ResponseEvent {
        let status = line.status
        // RFC 9110 section 15.2.2: only after a request with Upgrade, and we send none.
        guard status != 101 else { return fail(.unexpectedUpgrade).event }
        informational += 1
        guard informational <= limits.informationalResponses else {
            return fail(.tooManyInformational).event
        }
        beginHead()
        return .informational(status)
    }

    // MARK: - Body

    private mutating func nextBody(
        _ input: Span<UInt8>
    ) -> (consumed: Int, event: ResponseEvent) {
        let (consumed, event) = body.next(input)
        switch event {
        case .needMore: return (consumed, .needMore)
        case .data(let range): return (consumed, .body(range))
        case .failure(let fault): return fail(fault)
        case .end:
            state = .idle
            return (consumed, .end)
        }
    }

    private mutating func fail(_ fault: HTTPFault) -> (consumed: Int, event: ResponseEvent) {
        state = .failed(fault)
        pending.removeAll()
        return (0, .failure(fault))
    }
}
