// SPDX-License-Identifier: Apache-2.0
import Core

/// Scans a request line (RFC 9112 section 3), resuming where the bytes ran out.
struct RequestLineScanner {
    enum Step { case needMore, done, failure(HTTPFault) }

    /// method → target → version → (done).
    private enum Phase { case method, target, version }

    /// Longer than any registered method; RFC 9112 section 3 wants 501 beyond.
    private static let maxMethodBytes = 32

    /// "HTTP/1.1" as `ByteScan.word` reads it.
    private static var http11: UInt64 { 0x312E_312F_5054_5448 }

    private var phase = Phase.method
    /// The next byte to look at; after `done` the first one behind the line.
    private(set) var position = 0
    private(set) var methodEnd = 0
    private(set) var target = 0..<0
    /// The position of the first question mark of the target.
    private(set) var question: Int?
    private(set) var version = HTTPVersion.http11

    mutating func scan(_ bytes: Span<UInt8>, maxTargetBytes: Int) -> Step {
        if phase == .method, let step = scanMethod(bytes) { return step }
        if phase == .target, let step = scanTarget(bytes, maxTargetBytes) { return step }
        return scanVersion(bytes)
    }

    /// Nil when the method and its space are consumed.
    private mutating func scanMethod(_ bytes: Span<UInt8>) -> Step? {
        position = ByteScan.tokenEnd(bytes, from: position)
        guard position <= Self.maxMethodBytes else { return .failure(.methodTooLong) }
        guard position < bytes.count else { return .needMore }
        guard bytes[position] == 0x20, position > 0 else {
            return .failure(FieldScanner.foreign(bytes[position], else: .invalidMethod))
        }
        methodEnd = position
        position &+= 1
        target = position..<position
        phase = .target
        return nil
    }

    /// Nil when the target and its space are consumed.
    private mutating func scanTarget(_ bytes: Span<UInt8>, _ maxBytes: Int) -> Step? {
        let start = target.lowerBound
        while true {
            // A fragment never goes over the wire; other visible bytes are for the router to judge.
            position = ByteScan.targetPartEnd(bytes, from: position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "?") else { break }
            if question == nil { question = position }
            position &+= 1
        }
        guard position &- start <= maxBytes else { return .failure(.targetTooLong) }
        guard position < bytes.count else { return .needMore }
        guard bytes[position] == 0x20, position > start else {
            // A line end here is a request line without a version.
            let isLineEnd = bytes[position] == 0x0D && position > start
            return .failure(isLineEnd ? .malformedVersion : unfit(bytes[position]))
        }
        target = start..<position
        position &+= 1
        phase = .version
        return nil
    }

    private func unfit(_ byte: UInt8) -> HTTPFault {
        byte == 0x0A ? .bareLineFeed : .invalidTarget
    }

    /// Checks "HTTP/1.x" and the line end, byte by byte as they come.
    private mutating func scanVersion(_ bytes: Span<UInt8>) -> Step {
        let start = target.upperBound &+ 1
        if position == start, start &+ 10 <= bytes.count,
            ByteScan.word(bytes, at: start) == Self.http11,
            bytes[start &+ 8] == 0x0D, bytes[start &+ 9] == 0x0A
        {
            position = start &+ 10
            return .done
        }
        while position < bytes.count {
            let byte = bytes[position]
            if let fault = versionFault(byte, at: position &- start) { return .failure(fault) }
            if position &- start == 7 {
                guard byte <= UInt8(ascii: "1"), bytes[position &- 2] == UInt8(ascii: "1") else {
                    return .failure(.unsupportedVersion)
                }
                version = byte == UInt8(ascii: "1") ? .http11 : .http10
            }
            position &+= 1
            if position &- start == 10 { return .done }
        }
        return .needMore
    }

    private func versionFault(_ byte: UInt8, at offset: Int) -> HTTPFault? {
        let fits =
            switch offset {
            case 0: byte == UInt8(ascii: "H")
            case 1, 2: byte == UInt8(ascii: "T")
            case 3: byte == UInt8(ascii: "P")
            case 4: byte == UInt8(ascii: "/")
            case 5, 7: ASCII.isDigit(byte)
            case 6: byte == UInt8(ascii: ".")
            case 8: byte == 0x0D
            default: byte == 0x0A
            }
        if fits { return nil }
        if offset == 9 { return .bareCarriageReturn }
        return offset == 8 && byte == 0x0A ? .bareLineFeed : .malformedVersion
    }
}
