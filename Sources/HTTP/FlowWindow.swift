// SPDX-License-Identifier: Apache-2.0

/// Bytes held for a slower peer, with two watermarks and counted requests to pause their source.
///
/// The source pauses when the bytes reach `high` and resumes when they have fallen to `low`, so it
/// does not flap. Other parties may ask for a pause too; it lasts until every one has let go.
public struct FlowWindow: Sendable, Equatable {
    /// What the source must do now.
    public enum Change: Sendable, Equatable {
        case none, pause, resume
    }

    public let low: Int
    public let high: Int
    /// Bytes held.
    public private(set) var buffered = 0
    private var isOverHigh = false
    private var requests = 0

    /// `low` below `high` by about one read, or the source starts and stops for every one.
    public init(low: Int, high: Int) {
        precondition(low >= 0 && low < high, "low must lie below high")
        self.low = low
        self.high = high
    }

    /// Whether anybody wants the source to pause.
    public var isPaused: Bool { isOverHigh || requests > 0 }

    /// Bytes that still fit below the high watermark.
    public var room: Int { max(0, high - buffered) }

    /// Bytes have come from the source.
    public mutating func onBuffered(_ bytes: Int) -> Change {
        precondition(bytes >= 0, "bytes are not negative")
        buffered += bytes
        return changing { if $0.buffered >= $0.high { $0.isOverHigh = true } }
    }

    /// Bytes have gone to the slower peer.
    public mutating func onDrained(_ bytes: Int) -> Change {
        precondition(bytes >= 0 && bytes <= buffered, "more bytes drained than buffered")
        buffered -= bytes
        return changing { if $0.buffered <= $0.low { $0.isOverHigh = false } }
    }

    /// One more party asks for a pause.
    public mutating func requestPause() -> Change {
        changing { $0.requests += 1 }
    }

    /// One party lets go of its pause.
    public mutating func releasePause() -> Change {
        precondition(requests > 0, "a pause was released that nobody had asked for")
        return changing { $0.requests -= 1 }
    }

    private mutating func changing(_ change: (inout FlowWindow) -> Void) -> Change {
        let before = isPaused
        change(&self)
        return before == isPaused ? .none : before ? .resume : .pause
    }
}
