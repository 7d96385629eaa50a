// SPDX-License-Identifier: Apache-2.0
import Core

/// Finds the data in a chunked body (RFC 9112 section 7.1), down to the trailer section.
///
/// White space around extensions is refused: nobody sends it, and parsers disagree about it.
struct ChunkDecoder {
    enum Event { case needMore, data(Range<Int>), trailers, failure(HTTPFault) }

    /// size → (extension) → lineFeed → data → dataReturn → dataFeed → size; size 0 → trailers.
    private enum Phase {
        case size, lineFeed, data, dataReturn, dataFeed
        case nameStart, name, valueStart, value, quoted, escaped, quoteEnd
    }

    private let lineLimit: Int
    private let overheadLimit: Int
    private var phase = Phase.size
    /// The size so far, then the data bytes still to come.
    private var remaining = 0
    private var lineBytes = 0
    private var overhead = 0

    init(limits: HTTPLimits) {
        lineLimit = limits.chunkLineBytes
        overheadLimit = limits.chunkOverheadBytes
    }

    /// Framing up to the next data, and that data; a range is one of the input.
    mutating func next(_ input: Span<UInt8>) -> (consumed: Int, event: Event) {
        var position = 0
        while position < input.count {
            if phase == .data {
                let end = position + min(remaining, input.count - position)
                remaining -= end - position
                if remaining == 0 { phase = .dataReturn }
                return (end, .data(position..<end))
            }
            let event = onFraming(input[position])
            position += 1
            if let event { return (position, event) }
        }
        return (position, .needMore)
    }

    private mutating func onFraming(_ byte: UInt8) -> Event? {
        switch phase {
        case .dataReturn:
            guard byte == 0x0D else { return .failure(.malformedChunkEnd) }
            phase = .dataFeed
            return nil
        case .dataFeed:
            guard byte == 0x0A else { return .failure(.malformedChunkEnd) }
            phase = .size
            lineBytes = 0
            return nil
        default:
            lineBytes += 1
            guard lineBytes <= lineLimit else { return .failure(.chunkLineTooLong) }
            if phase == .size { return onSize(byte) }
            return phase == .lineFeed ? onLineFeed(byte) : onExtension(byte)
        }
    }

    private mutating func onSize(_ byte: UInt8) -> Event? {
        if let digit = ASCII.hexValue(byte) {
            guard remaining <= Int.max >> 4 else { return .failure(.invalidChunkSize) }
            remaining = remaining << 4 | Int(digit)
            return nil
        }
        // At least one digit before anything else.
        guard lineBytes > 1 else { return .failure(.invalidChunkSize) }
        return endExtension(byte, else: .invalidChunkSize)
    }

    /// What may follow a size or a whole extension: the next extension or the line end.
    private mutating func endExtension(_ byte: UInt8, else fault: HTTPFault) -> Event? {
        switch byte {
        case 0x0D: phase = .lineFeed
        case UInt8(ascii: ";"): phase = .nameStart
        case 0x0A: return .failure(.bareLineFeed)
        default: return .failure(fault)
        }
        return nil
    }

    private mutating func onLineFeed(_ byte: UInt8) -> Event? {
        guard byte == 0x0A else { return .failure(.bareCarriageReturn) }
        let (allowed, isHuge) = remaining.multipliedReportingOverflow(by: 2)
        overhead = isHuge ? 0 : max(0, overhead + lineBytes - 16 - min(allowed, 1 << 40))
        guard overhead <= overheadLimit else { return .failure(.chunkOverhead) }
        guard remaining > 0 else { return .trailers }
        phase = .data
        return nil
    }

    private mutating func onExtension(_ byte: UInt8) -> Event? {
        switch phase {
        case .nameStart, .valueStart:
            if phase == .valueStart, byte == UInt8(ascii: "\"") {
                phase = .quoted
            } else if ByteScan.isToken(byte) {
                phase = phase == .nameStart ? .name : .value
            } else {
                return .failure(.invalidChunkExtension)
            }
        case .name where byte == UInt8(ascii: "="):
            phase = .valueStart
        case .name, .value:
            if !ByteScan.isToken(byte) { return endExtension(byte, else: .invalidChunkExtension) }
        case .quoted where byte == UInt8(ascii: "\""):
            phase = .quoteEnd
        case .quoted where byte == UInt8(ascii: "\\"):
            phase = .escaped
        case .quoted, .escaped:
            guard ByteScan.isValueByte(byte) else { return .failure(.invalidChunkExtension) }
            phase = .quoted
        default:
            return endExtension(byte, else: .invalidChunkExtension)
        }
        return nil
    }
}
