// SPDX-License-Identifier: Apache-2.0
import Core

/// Finds the bytes of one message body, then its trailers, whatever the framing.
struct BodyReader: ~Copyable {
    enum Event { case needMore, data(Range<Int>), end, failure(HTTPFault) }

    /// length → ended; chunks → trailers → ended; untilClose stays until the connection ends.
    private enum State { case ended, length(Int), untilClose, chunks, trailers }

    private let limits: HTTPLimits
    private var state = State.ended
    private var decoder: ChunkDecoder
    private var section = FieldScanner()
    private var pending = ByteWriter()
    /// The trailers of the last body, without fields that may not be there; nil if it had none.
    private(set) var trailers: FieldTable?

    init(limits: HTTPLimits) {
        self.limits = limits
        decoder = ChunkDecoder(limits: limits)
    }

    /// Whether the body ends with the connection.
    var isUntilClose: Bool { if case .untilClose = state { true } else { false } }

    mutating func begin(_ framing: BodyFraming) {
        trailers = nil
        switch framing {
        case .none, .length(0): state = .ended
        case .length(let count): state = .length(count)
        case .untilClose: state = .untilClose
        case .chunked:
            state = .chunks
            decoder = ChunkDecoder(limits: limits)
        }
    }

    /// The next event; a range is one of the input. `end` repeats until `begin`.
    mutating func next(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        switch state {
        case .ended:
            return (0, .end)
        case .length(let left):
            guard input.count > 0 else { return (0, .needMore) }
            let count = min(left, input.count)
            state = left == count ? .ended : .length(left - count)
            return (count, .data(0..<count))
        case .untilClose:
            return (input.count, input.count > 0 ? .data(0..<input.count) : .needMore)
        case .chunks:
            return nextChunk(input)
        case .trailers:
            return nextTrailer(input)
        }
    }

    private mutating func nextChunk(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        let (consumed, event) = decoder.next(input)
        switch event {
        case .needMore: return (consumed, .needMore)
        case .data(let range): return (consumed, .data(range))
        case .failure(let fault): return (consumed, .failure(fault))
        case .trailers:
            state = .trailers
            section.begin(at: 0)
            let rest = nextTrailer(input.extracting(consumed..<input.count))
            return (consumed + rest.consumed, rest.event)
        }
    }

    private mutating func nextTrailer(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        let before = pending.count
        let taken = min(input.count, limits.trailerBytes - before)
        pending.append(input.extracting(0..<taken))
        // Out of `self` and back, so that its bytes can be read while the scanner changes.
        var collected = ByteWriter()
        swap(&collected, &pending)
        switch section.scan(collected.span, maxCount: limits.fieldCount) {
        case .failure(let fault):
            return (taken, .failure(fault))
        case .needMore:
            guard collected.count < limits.trailerBytes else {
                return (taken, .failure(.trailersTooLarge))
            }
            swap(&collected, &pending)
            return (taken, .needMore)
        case .done:
            keepTrailers(collected.span)
            state = .ended
            return (section.position - before, .end)
        }
    }

    private mutating func keepTrailers(_ bytes: Span<UInt8>) {
        section.removeAll { entry in
            entry.knownRaw != KnownField.other.rawValue
                || Self.isForbidden(bytes.extracting(entry.name))
        }
        guard section.count > 0 else { return }
        trailers = FieldTable(head: bytes.extracting(0..<section.position), scanner: section)
    }

    /// RFC 9110 section 6.5.1: nothing that frames, routes, authenticates or modifies a message.
    private static func isForbidden(_ name: Span<UInt8>) -> Bool {
        isHopByHop(name) || name.equalsIgnoringCase("set-cookie")
            || name.equalsIgnoringCase("range") || name.equalsIgnoringCase("content-range")
            || name.equalsIgnoringCase("cache-control")
            || name.equalsIgnoringCase("max-forwards")
    }
}
